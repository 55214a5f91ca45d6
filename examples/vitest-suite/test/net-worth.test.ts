import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import type { Sandbox } from '@isoauth/sandbox'
import { sandboxFixture } from '@isoauth/sandbox/vitest'
import { test as base, describe, expect } from 'vitest'
import { netWorth } from '../src/net-worth.ts'

// A sandbox of its own for each test; where one fails, what the sandbox refused is printed.
const test = base.extend({ sandbox: sandboxFixture() })

function signIn({ credentials, fetch, now }: Sandbox) {
  return createIbkrOAuth1({ ...credentials.ibkr.oauth1, fetch, now })
}

describe('netWorth', () => {
  test('adds up what the broker answers', async ({ sandbox }) => {
    sandbox.respond('/portfolio/accounts', { json: [{ id: 'DU1' }, { id: 'DU2' }] })
    sandbox.respond('/portfolio/{accountId}/summary', [
      { json: { netliquidation: { amount: 1000 } } },
      { json: { netliquidation: { amount: 234.5 } } },
    ])
    expect(await netWorth(signIn(sandbox))).toBe(1234.5)
    expect(sandbox.counts.handshakes).toBe(1)
  })

  test('tells what was refused', async ({ sandbox }) => {
    sandbox.respond('/portfolio/accounts', { status: 429 })
    await expect(netWorth(signIn(sandbox))).rejects.toThrow('/portfolio/accounts: 429')
  })

  test('signs in anew a day later', async ({ sandbox }) => {
    sandbox.respond('/portfolio/accounts', { json: [] })
    const ibkr = signIn(sandbox)
    await netWorth(ibkr)
    sandbox.advance(86_400_000)
    await netWorth(ibkr)
    expect(sandbox.counts.handshakes).toBe(2)
  })

  test('says why it cannot sign in', async ({ sandbox }) => {
    sandbox.fault({ path: '/oauth/live_session_token', kind: 'status', status: 503, times: 9 })
    await expect(netWorth(signIn(sandbox))).rejects.toMatchObject({
      code: 'IBKR_OAUTH1_UNAVAILABLE',
    })
  })
})
