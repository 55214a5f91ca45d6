/** A client of one's own: one renewal for all callers, a 401 repaired once, nothing sent outside of the base. */
import { createOptionReader, createTokenClient, readUrl } from '@isoauth/core-client'
import { hasCode, ServiceError } from '@isoauth/core-client/handed-on'
import { proven, same, sameRefusal } from './facts.mjs'

const HOUR_MS = 3_600_000
const time = { now: Date.now() }
const kept = new Map()
const storeKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
  'encrypt',
  'decrypt',
])
let renewals = 0

class MyError extends ServiceError {
  name = 'MyError'
}
const newError = (kind, message, details) =>
  new MyError(message, { ...details, code: `MINE_${kind}` })
const read = createOptionReader({ baseUrl: 'https://api.example.com/v1' }, newError)

const sent = []
const client = createTokenClient({
  newError,
  kind: {
    markOf: (token) => token.value,
    isMark: (value) => typeof value === 'string',
    markForm: 'the value of a token',
    matches: (token, replacing) => token.value === replacing,
    serialize: (token) => JSON.stringify(token),
    deserialize: (text) => JSON.parse(text),
  },
  async renew() {
    renewals += 1
    const value = `token ${renewals}`
    return { value, obtainedAtMs: time.now, expiresAtMs: time.now + HOUR_MS }
  },
  store: {
    getItem: (key) => kept.get(key),
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  },
  storeKey,
  packageName: 'mine',
  identity: ['a'],
  now: () => time.now,
  emit() {},
  base: readUrl(read, 'baseUrl', undefined),
  authorize: (token) => `Bearer ${token.value}`,
  retryUnauthorized: 'safe',
  async fetch(input, init) {
    sent.push(new Request(input, init).headers.get('authorization'))
    return new Response(null, { status: sent.at(-1) === 'Bearer token 1' && renewed ? 401 : 200 })
  },
  timeoutMs: 20_000,
  userAgent: 'mine',
})
const authorizedFetch = client.fetch
let renewed = false

const first = await Promise.all([1, 2, 3].map(() => authorizedFetch('/accounts')))
same(first.map(({ status }) => status).join(), '200,200,200', 'three calls at once')
same(renewals, 1, 'renewals for three calls')
renewed = true
time.now += 120_000
same((await authorizedFetch('/accounts')).status, 200, 'a call after the token died')
same(sent.join(), `${'Bearer token 1,'.repeat(4)}Bearer token 2`, 'what was sent')
same([...kept.values()].join().includes('token 2'), false, 'the store holds the token in plain')
same(hasCode(newError('NETWORK', 'x'), 'MINE_NETWORK'), true, 'a code of its own')
await sameRefusal(authorizedFetch('https://evil.example/v1'), 'MINE_URL_REFUSED', 'another host')
proven('one renewal for three calls, a 401 repaired, another host refused')
