/** Every code with marked values everywhere, as `npm run test:runtimes` does in all runtimes; and that the search finds what shows. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../scripts/lib/workspace.mjs'
import { TOKEN } from '../runtimes/suite/code-leaks/marks.ts'
import { expectNoLeaks, type Provoked } from '../runtimes/suite/code-leaks/search.ts'
import { WAYS } from '../runtimes/suite/code-leaks.ts'
import { failure } from '../support/index.ts'

describe.each(Object.entries(WAYS))('%s', (_name, ways) => {
  it.each(Object.entries(ways))('%s tells no secret', async (code, way) => {
    if (typeof way === 'function') return await expectNoLeaks({ [code]: way })
    // Named with a reason, and provoked where that can be done.
    const file = join(root, way.provokedIn)
    expect(existsSync(file) && readFileSync(file, 'utf8')).toContain(`${code}:`)
  })
})

const coded = (fields: object) => Object.assign(new Error('no'), { code: 'X', ...fields })

describe('the search', () => {
  it.each<[string, () => Promise<Provoked>]>([
    ['in the message', async () => ({ error: Object.assign(new Error(TOKEN), { code: 'X' }) })],
    ['in a field', async () => ({ error: coded({ detail: TOKEN }) })],
    [
      'in the chain of causes',
      async () => ({ error: coded({ cause: { cause: new Error(TOKEN) } }) }),
    ],
    ['in an event', async () => ({ error: coded({}), events: [{ type: 'x', deep: { TOKEN } }] })],
    [
      'made on the way',
      async () => ({ error: coded({ at: 'signature' }), secrets: ['signature'] }),
    ],
    [
      'on the console',
      async () => {
        console.warn('sent', { TOKEN })
        return { error: coded({}) }
      },
    ],
    [
      'in a rejection that nobody handles',
      async () => {
        void Promise.reject(new Error(TOKEN))
        return { error: coded({}) }
      },
    ],
  ])('finds a secret %s', async (_where, provoke) => {
    const error = await failure(() => expectNoLeaks({ X: provoke }))
    expect(error['message']).toContain('X shows a secret')
  })

  it('takes no other code for the one that was meant', async () => {
    const ways = { Y: async () => ({ error: coded({}) }) }
    expect((await failure(() => expectNoLeaks(ways)))['message']).toContain('Y: what came is')
  })
})
