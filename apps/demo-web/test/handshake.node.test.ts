import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { takePreparedKeys } from '../../../tests/support/prepared-keys.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import type { Mistake } from '../src/page/handshake/mistakes.ts'
import { PLAN } from '../src/page/handshake/plan.ts'
import { createRunner } from '../src/page/handshake/runner.ts'
import type { TrailStep } from '../src/trail.ts'

let sandbox: Sandbox
const origin = 'http://127.0.0.1:8787'

takePreparedKeys()

beforeAll(async () => {
  sandbox = await createSandbox({ origin, credentials: testCredentials })
})

async function run(mistake: Mistake): Promise<TrailStep[]> {
  const runner = createRunner({ origin, fetch: sandbox.fetch, mistake })
  const steps: TrailStep[] = []
  while (runner.next) steps.push(await runner.run())
  expect(runner.session === undefined).toBe(mistake !== 'none')
  return steps
}

describe('the handshake, one step at a time', () => {
  it('goes from fresh keys to an authorized call', async () => {
    const { handshakes, authorized } = sandbox.counts
    const steps = await run('none')
    expect(steps.map(({ failure }) => failure)).toEqual(PLAN.map(() => undefined))
    expect(steps.map(({ title }) => title)).toEqual(PLAN.map(({ title }) => title))
    for (const { verified, said } of steps) expect([verified.length > 0, said]).not.toContain('')
    // Once by hand, once by the client.
    expect(sandbox.counts.handshakes - handshakes).toBe(2)
    expect(sandbox.counts.authorized - authorized).toBe(2)
  })

  it('marks every secret, and shows none elsewhere', async () => {
    const steps = await run('none')
    const secrets = steps.flatMap(({ fields }) => fields.filter(({ secret }) => secret))
    expect(secrets.map(({ name }) => name)).toEqual([
      'Signature key, private',
      'Encryption key, private',
      'Access token secret, decrypted (hex)',
      'Exponent a (hex)',
      'Base string, complete',
      'Shared secret K (hex)',
      'Live session token (base64)',
    ])
    const open = JSON.stringify(
      steps.map((step) => ({ ...step, fields: step.fields.filter(({ secret }) => !secret) })),
    )
    for (const { name, value } of secrets) {
      expect(open.includes(JSON.stringify(value).slice(1, -1)), name).toBe(false)
    }
  })

  it.each([
    [
      'wrong-signature-key',
      'Send the request',
      undefined,
      /record of the sandbox, signature: it does not match$/,
    ],
    [
      'swapped-keys',
      'Decrypt the access token secret',
      'IBKR_OAUTH1_SECRET_DECRYPTION_FAILED',
      undefined,
    ],
    ['wrong-prime', 'Verify the broker', 'IBKR_OAUTH1_LST_SIGNATURE_MISMATCH', /prime/],
    ['consumer-key-case', 'Send the request', undefined, /, consumer key: it differs .* in case/],
    ['clock-off', 'Send the request', undefined, /, clock: the client's clock is 3\d\d\d s ahead/],
  ] as const)('stops at %s with words', async (mistake, title, code, reason) => {
    const last = (await run(mistake)).at(-1)
    expect(last?.title).toBe(title)
    expect(last?.failure?.code).toBe(code)
    expect(last?.failure?.message).not.toBe('')
    if (reason) expect(last?.failure?.reason).toMatch(reason)
    if (mistake === 'wrong-signature-key') expect(last?.failure?.remedy).toMatch(/key is the cause/)
  })
})
