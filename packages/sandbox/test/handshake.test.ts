import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { TestClient } from './signer.ts'

const origin = 'http://127.0.0.1:8787'
let sandbox: Sandbox
let client: TestClient

beforeAll(async () => {
  sandbox = await createSandbox({ origin })
  client = new TestClient(sandbox.credentials.ibkr.oauth1, sandbox.fetch)
})

describe('the first-party flow', () => {
  it('hands out a live session token that signs an authorized call', async () => {
    const expiration = await client.handshake()
    expect(expiration).toBeGreaterThan(Date.now() + 86_000_000)
    expect(client.token).toHaveLength(20)
    const response = await client.call('/portfolio/accounts')
    expect(response.status).toBe(200)
    expect(response.headers.get('date')).not.toBeNull()
    expect(await response.json()).toMatchObject([{ accountId: 'DU1234567' }])
    expect(sandbox.counts).toMatchObject({ handshakes: 1, handshakeAttempts: 1, authorized: 1 })
    expect(sandbox.requests.map(({ refused }) => refused)).toEqual([null, null])
  })
})
