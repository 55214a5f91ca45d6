/**
 * What a hostile caller sends costs in proportion to its length. Each cost is compared with that of a sixteenth of the
 * text, in time of the processor, so that the speed of the machine and what else runs on it have no part in it.
 */
import { cpuUsage } from 'node:process'
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'

const origin = 'http://127.0.0.1:8787'
const TIMES = 16
/** Sixteen times the text takes some 16 times as long where it is read in linear time, and 256 times in quadratic. */
const LIMIT = 80
/** Below this share of the processor, in milliseconds, the rest of a request is all that is measured. */
const FLOOR_MS = 1

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await createSandbox({ origin, credentials: testCredentials })
})

type Send = (length: number) => Promise<unknown>

async function cost(send: Send, length: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < 4; run++) {
    const before = cpuUsage()
    await send(length)
    const { user, system } = cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return Math.max(FLOOR_MS, least)
}

async function growth(send: Send, length: number): Promise<number> {
  await send(length / TIMES)
  return (await cost(send, length)) / (await cost(send, length / TIMES))
}

const post = (path: string, type: string, body: string) =>
  sandbox.fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })

describe('the measurement', () => {
  it('tells quadratic from linear', async () => {
    const trailing = / +x/
    const quadratic = await growth(async (length) => trailing.test(' '.repeat(length)), 24_000)
    expect(quadratic).toBeGreaterThan(LIMIT)
  })
})

describe('headers', () => {
  const HEADERS: readonly (readonly [what: string, value: (length: number) => string])[] = [
    ['blanks within', (length) => `OAuth a=${' '.repeat(length)}x y`],
    ['blanks first', (length) => `OAuth ${' '.repeat(length)}x`],
    ['quotes', (length) => `OAuth ${'"'.repeat(length)}`],
    ['commas', (length) => `OAuth ${'a,'.repeat(length / 2)}`],
  ]
  for (const [what, value] of HEADERS) {
    it(`with ${what} are read in linear time`, async () => {
      const send = async (length: number) => {
        const headers = { authorization: value(length) }
        expect((await sandbox.fetch(`${origin}/v1/api/tickle`, { headers })).status).toBe(401)
      }
      expect(await growth(send, 16_000)).toBeLessThan(LIMIT)
    })
  }
})

describe('PEM', () => {
  const TEXTS: readonly (readonly [what: string, text: (length: number) => string])[] = [
    ['blocks that do not end', (length) => '-----BEGIN A-----'.repeat(length / 17)],
    ['blanks', (length) => `-----BEGIN PUBLIC KEY-----${' '.repeat(length)}`],
    ['a label', (length) => `-----BEGIN ${'A'.repeat(length)}`],
    [
      'one long line',
      (length) => `-----BEGIN PUBLIC KEY-----\n${'A'.repeat(length)}\n-----END PUBLIC KEY-----`,
    ],
  ]
  for (const [what, text] of TEXTS) {
    it(`with ${what} is read in linear time`, async () => {
      const send = async (length: number) => {
        const body = { consumerKey: 'HOSTILEXX', signaturePublicKey: text(length) }
        const response = await post('/portal', 'application/json', JSON.stringify(body))
        expect([response.status, await response.json()]).toEqual([
          400,
          { field: 'signaturePublicKey', error: 'no readable PEM block was found' },
        ])
      }
      expect(await growth(send, 900_000)).toBeLessThan(LIMIT)
    })
  }
})

describe('bodies', () => {
  const levels = (count: number) => `${'['.repeat(count)}${']'.repeat(count)}`
  const BODIES: readonly (readonly [what: string, body: (length: number) => string])[] = [
    ['arrays in arrays', (length) => levels(length / 2)],
    ['objects in objects', (length) => `${'{"a":'.repeat(length / 6)}1${'}'.repeat(length / 6)}`],
    ['a name with deep arrays', (length) => `{"credential":${levels(length / 2)}}`],
    ['many pairs', (length) => 'a&'.repeat(length / 2)],
    [
      'many names',
      (length) => `{${Array.from({ length: length / 32 }, (_, n) => `"oauth_${n}":"1"`).join()}}`,
    ],
  ]
  const PATHS = [
    '/v1/api/oauth/live_session_token',
    '/v1/api/iserver/auth/ssodh/init',
    '/oauth2/api/v1/token',
    '/gw/api/v1/sso-sessions',
    '/portal',
    '/authorize',
    '/ultracart/login',
    '/__sandbox/faults',
  ]
  for (const path of PATHS) {
    it(`of ${path} are read in linear time`, async () => {
      for (const [what, body] of BODIES) {
        for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
          const found = await growth(async (length) => {
            const { status } = await post(path, type, body(length))
            expect([what, type, status >= 400 && status < 500]).toEqual([what, type, true])
          }, 800_000)
          expect([what, type, found < LIMIT, found]).toEqual([what, type, true, found])
        }
      }
    })
  }
})
