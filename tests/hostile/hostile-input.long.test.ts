/**
 * Readers of what others write, given valid input that was damaged and input that never was any: each ends soon, with a
 * value or with a coded error that repeats nothing of the input.
 */
import {
  base64ToBytes,
  base64UrlToBytes,
  CodedError,
  hexToBytes,
  importRsaSigningKey,
  parseDhParameters,
} from '@isoauth/core-crypto'
import { importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { readFrame } from '../../packages/ibkr-session/src/internal/stream/frame.ts'
import { testCredentials } from '../../vectors/sandbox-credentials.ts'
import { CLIENT_CALLS } from '../peers/every-call.ts'
import { everythingOf } from '../support/index.ts'
import { dhGroups, keys } from '../support/oauth1-vectors.ts'
import { ANSWER_CORPUS, FRAME_CORPUS, KEY_CORPUS } from './corpus.ts'

/** No reader takes longer, in milliseconds, on a machine that is busy too. */
const LONGEST_MS = 2000

type Edit = (text: string) => string

/** Damage: cut, doubled, turned, replaced, with signs in it that belong elsewhere. */
const edit: fc.Arbitrary<Edit> = fc
  .record({
    kind: fc.constantFrom('cut', 'repeat', 'flip', 'insert', 'swap', 'case'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 80 }),
    sign: fc.constantFrom(
      '=',
      '-',
      '\n',
      '\u0000',
      '\\',
      '"',
      '{',
      '\u00a0',
      '\u200b',
      '%',
      ',',
      'A',
      '9',
    ),
  })
  .map(({ kind, at, length, sign }) => (text) => {
    const from = Math.floor(at * text.length)
    const part = text.slice(from, from + length)
    const [before, after] = [text.slice(0, from), text.slice(from + length)]
    if (kind === 'cut') return before + after
    if (kind === 'repeat') return before + part + part + after
    if (kind === 'insert') return before + sign + part + after
    if (kind === 'swap') return before + [...part].reverse().join('') + after
    if (kind === 'case') return before + part.toUpperCase() + after
    return before + sign.repeat(part.length) + after
  })
const damage = fc.array(edit, { minLength: 1, maxLength: 4 })
const apply = (text: string, edits: readonly Edit[]) =>
  edits.reduce((damaged, change) => change(damaged), text)

/** Twelve characters of the input in a row, from where the secret part begins. */
function quotes(shown: string, input: string): boolean {
  const secret = input.replace(/-----[^-]*-----/g, '').replace(/[\s"{}:,]+/g, '')
  for (let at = 0; at + 16 <= secret.length; at += 4) {
    if (shown.includes(secret.slice(at, at + 16))) return true
  }
  return false
}

/** A value, or a coded error without the input, within the time. */
async function check(input: string, read: (input: string) => unknown): Promise<void> {
  const began = performance.now()
  try {
    await read(input)
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError)
    expect(quotes(everythingOf(error), input)).toBe(false)
  }
  expect(performance.now() - began).toBeLessThan(LONGEST_MS)
}

describe('keys and parameters', () => {
  const files = [
    keys.signature.pkcs8Pem,
    keys.encryption.pkcs8Pem,
    keys.encryption.pkcs1Pem,
    dhGroups['rfc3526-14']?.pem,
    JSON.stringify(testCredentials.ibkr.oauth2),
  ].filter((file) => file !== undefined)
  const readers: Readonly<Record<string, (input: string) => unknown>> = {
    importRsaSigningKey,
    importRsaDecryptionKey,
    parseDhParameters,
    base64ToBytes,
    base64UrlToBytes,
    hexToBytes,
  }

  it.each(Object.entries(readers))('%s: what once went wrong', async (_, read) => {
    for (const input of KEY_CORPUS) await check(input, read)
  })

  it.each(Object.entries(readers))('%s: 3,000 damaged files, 1,000 texts', async (_, read) => {
    const damaged = fc.tuple(fc.constantFrom(...files), damage)
    await fc.assert(
      fc.asyncProperty(damaged, ([file, edits]) => check(apply(file, edits), read)),
      { numRuns: 3000 },
    )
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), (text) => check(text, read)),
      { numRuns: 1000 },
    )
  })
})

describe('answers', () => {
  /** Fields that answers have, with values of every kind. */
  const fields = fc.dictionary(
    fc.constantFrom(
      ...[
        'access_token',
        'token_type',
        'expires_in',
        'scope',
        'error',
        'error_description',
        'title',
      ],
      ...[
        'diffie_hellman_response',
        'live_session_token_signature',
        'live_session_token_expiration',
      ],
      ...[
        'oauth_token',
        'oauth_token_secret',
        'active',
        'url',
        'message',
        'detail',
        'invalidArguments',
      ],
    ),
    fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 3 }), fc.hexaString?.() ?? fc.string()),
  )
  const body = fc.oneof(
    fields.map((value) => JSON.stringify(value)),
    fc.tuple(fields, damage).map(([value, edits]) => apply(JSON.stringify(value), edits)),
    fc.string({ unit: 'binary', maxLength: 200 }),
  )
  const header = fc.stringMatching(/^[ -~]{0,40}$/)
  const answer = fc.record({
    status: fc.constantFrom(200, 200, 201, 204, 304, 400, 401, 403, 404, 411, 429, 500, 503),
    body,
    headers: fc.dictionary(
      fc.constantFrom('retry-after', 'date', 'x-request-id', 'content-type', 'set-cookie'),
      header,
    ),
  })
  const respond = (status: number, text: string, headers: Readonly<Record<string, string>>) => {
    const isBare = [204, 205, 304].includes(status)
    return new Response(isBare ? null : text, { status, headers })
  }

  it.each(Object.entries(CLIENT_CALLS))(
    'of %s: 400 of any kind, and what once went wrong',
    async (_, { prefix, make }) => {
      const ask = async (response: () => Response) => {
        const began = performance.now()
        const fetch = async () => response()
        const outcome = await make({ origin: 'https://api.ibkr.com', fetch }).catch(
          (error) => error,
        )
        if (outcome instanceof Error)
          expect(outcome).toMatchObject({ code: expect.stringContaining(prefix.slice(0, 5)) })
        expect(performance.now() - began).toBeLessThan(5 * LONGEST_MS)
      }
      for (const [status, text, headers] of ANSWER_CORPUS) {
        if (status !== 429 && status !== 503) await ask(() => respond(status, text, headers))
      }
      await fc.assert(
        fc.asyncProperty(answer, ({ status, body: text, headers }) => {
          // What is repeated after a wait has tests of its own.
          const asked = status === 503 || status === 429 ? 400 : status
          return ask(() => respond(asked, text, headers))
        }),
        { numRuns: 400 },
      )
    },
  )
})

describe('frames of a stream', () => {
  const secret = 'Sess10n-Marked.Secret_77'
  const frames = [
    '{"topic":"sts","args":{"authenticated":true,"competing":false,"message":"","fail":""}}',
    '{"topic":"system","success":"exampleuser1","isFT":false,"hb":1730000000000}',
    '{"topic":"smd+265598","31":"171.5","conid":265598,"_updated":1730000000000}',
    '{"topic":"sor","args":[{"acct":"DU1","orderId":1,"status":"Filled"}]}',
    '{"topic":"act","args":{"accounts":["DU1"],"acctProps":{},"aliases":{}}}',
    `{"topic":"ntf","args":{"text":"${secret}"}}`,
  ]

  it('20,000 damaged ones, 5,000 texts, 5,000 messages of bytes: told, never thrown, without what is secret', () => {
    const read = (given: unknown) => {
      const began = performance.now()
      const frame = readFrame(given, [secret])
      if (frame.kind === 'event') expect(JSON.stringify(frame.event)).not.toContain(secret)
      expect(performance.now() - began).toBeLessThan(LONGEST_MS)
    }
    for (const text of FRAME_CORPUS) read(text)
    const damaged = fc.tuple(fc.constantFrom(...frames), damage)
    fc.assert(
      fc.property(damaged, ([text, edits]) => read(apply(text, edits))),
      { numRuns: 20_000 },
    )
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json({ maxDepth: 4 })), read),
      { numRuns: 5000 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => read(bytes.buffer)),
      { numRuns: 5000 },
    )
  })
})

describe('the sandbox', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await createSandbox({ origin: 'http://127.0.0.1:8787', credentials: testCredentials })
  })

  it('answers 6,000 requests of any kind with less than 500', async () => {
    const path = fc.oneof(
      fc.constantFrom(
        ...[
          '/',
          '/portal',
          '/authorize',
          '/callback',
          '/v1/api/tickle',
          '/v1/api/oauth/request_token',
        ],
        ...['/v1/api/oauth/live_session_token', '/oauth2/api/v1/token', '/gw/api/v1/sso-sessions'],
        ...[
          '/gw/api/v1/echo/https',
          '/rest/v2/sso/token',
          '/rest/v2/sso/authorize',
          '/ultracart/login',
        ],
        ...[
          '/sso/resolver',
          '/__sandbox/faults',
          '/__sandbox/requests',
          '/v1/api/iserver/auth/status',
        ],
      ),
      fc.webPath(),
    )
    const authorization = fc.oneof(
      fc
        .tuple(
          fc.constant(
            'OAuth realm="limited_poa", oauth_consumer_key="QWERTYUIO", oauth_nonce="81e1", oauth_signature="x%3D", oauth_signature_method="HMAC-SHA256", oauth_timestamp="1730000000", oauth_token="a1b2c3d4e5f6a7b8c9d0"',
          ),
          damage,
        )
        .map(([text, edits]) => apply(text, edits).replace(/[^ -~]/g, '?')),
      fc.stringMatching(/^(Bearer|OAuth|Basic)? ?[ -~]{0,60}$/),
    )
    const request = fc.record({
      path,
      query: fc.oneof(
        fc.constant(''),
        fc.webQueryParameters().map((query) => `?${query}`),
      ),
      method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'),
      authorization,
      type: fc.constantFrom(
        'application/json',
        'application/x-www-form-urlencoded',
        'application/jwt',
        'text/plain',
        '',
      ),
      body: fc.oneof(
        fc.json({ maxDepth: 3 }),
        fc.webQueryParameters(),
        fc.string({ unit: 'binary' }),
      ),
    })
    await fc.assert(
      fc.asyncProperty(
        request,
        async ({ path: where, query, method, authorization: given, type, body }) => {
          const hasBody = method !== 'GET' && method !== 'HEAD'
          const response = await sandbox.fetch(`http://127.0.0.1:8787${where}${query}`, {
            method,
            headers: { authorization: given.trim(), 'content-type': type, 'user-agent': 'test' },
            ...(hasBody && { body }),
          })
          await response.text()
          expect(response.status).toBeLessThan(500)
        },
      ),
      { numRuns: 6000 },
    )
  })
})
