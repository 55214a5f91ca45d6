/** What Node's own inspection shows of a live session token, getters and all. */
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { setUp } from './support.ts'

it('shows when a live session token ends, and none of its bytes', async () => {
  const { client } = await setUp()
  const token = await client.liveSessionToken()
  for (const text of [inspect(token), inspect(token, { showHidden: true, getters: true })]) {
    expect(text).toContain(`expiresAtMs: ${token.expiresAtMs}`)
    expect(text).not.toContain('Uint8Array')
  }
})
