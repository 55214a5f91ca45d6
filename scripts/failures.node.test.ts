/** What failed is told by name at the end of a run, however long its output is. */
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startVitest } from 'vitest/node'
import { CountReporter, type Counts } from '../tests/count-reporter.ts'
import { useTemporaryFolder } from '../tests/support/temporary-folder.ts'
import { failuresOf } from './lib/reports.mjs'
import { firstLine } from './lib/results.mjs'

const root = join(import.meta.dirname, '..')
const folder = useTemporaryFolder()

it('.ci/run names what failed in which part, and counts in its last line', () => {
  mkdirSync(join(folder(), '.ci'))
  copyFileSync(join(root, '.ci/run'), join(folder(), '.ci/run'))
  const npm = join(folder(), 'npm')
  writeFileSync(
    npm,
    `#!/bin/sh\ncase "$*" in
  *test:long*) printf '3 1\\nFAILED long: tests/a.ts > b: it is red\\n' >>"$ISOAUTH_RESULTS"; exit 1 ;;
  *test:site*) echo 'much output'; exit 1 ;;
  *start*) ;;
  *) echo '10 0' >>"$ISOAUTH_RESULTS" ;;
esac\n`,
  )
  chmodSync(npm, 0o755)
  const env = { ...process.env, PATH: `${folder()}:${process.env['PATH']}` }
  const { stdout, status } = spawnSync('bash', [join(folder(), '.ci/run')], {
    env,
    encoding: 'utf8',
  })
  expect(stdout.trimEnd().split('\n').slice(-4)).toEqual([
    '',
    'FAILED test:site: its output above says why',
    'FAILED test:long: long: tests/a.ts > b: it is red',
    '54 passed, 2 failed',
  ])
  expect(status).toBe(1)
})

it('the reporter names each test that failed, a hook and a file that does not load', async () => {
  const files = {
    'one.test.ts': `import { beforeAll, describe, expect, it } from 'vitest'
      describe('group', () => {
        it('is red', () => expect(1, 'told\\nin lines').toBe(2))
        it('is green', () => {})
      })
      describe('hooked', () => {
        beforeAll(() => { throw new Error('the hook failed') })
        it('is not reached', () => {})
      })`,
    'two.test.ts': `throw new Error('it does not load')`,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder(), name), text)
  const out = join(folder(), 'reports')
  const before = process.exitCode
  const vitest = await startVitest('test', [], {
    ...{ root: folder(), dir: folder(), config: false, watch: false, include: ['*.test.ts'] },
    ...{ name: 'node', reporters: [new CountReporter(out)] },
  })
  await vitest.close()
  process.exitCode = before
  const counts: Counts = JSON.parse(readFileSync(join(out, 'node.json'), 'utf8'))
  expect(counts).toMatchObject({ passed: 1, failed: 3, skipped: 1 })
  expect(
    failuresOf({ node: counts }).map((text) => text.replace(/\S*(?=(one|two)\.test)/, '')),
  ).toEqual([
    'node: one.test.ts > hooked: the hook failed',
    'node: one.test.ts > group > is red: told',
    'node: two.test.ts: it does not load',
  ])
})

it('a reason is one line without colours', () => {
  expect(firstLine('\u001b[31mred\u001b[39m\nmore')).toBe('red')
  expect(firstLine({ name: 'AbortError', message: '' })).toBe('AbortError')
  expect(firstLine('x'.repeat(400))).toHaveLength(301)
})
