/** Every secret of every call for itself: dropping one from a list of secrets must fail here. */
import { describe, expect, it } from 'vitest'
import {
  CODE,
  json,
  KEY,
  type Operation,
  rejection,
  run,
  type Seen,
  setUp,
  USER_KEY,
} from './support.ts'

/** A key that stands beside an error in the answer to the token call. */
const NEW_KEY = 'nW5-Fresh-Pd48-Xo'
type Secret = 'application key' | 'session key' | 'code' | 'state' | 'new key'
const SECRETS: readonly (readonly [Operation, Secret])[] = [
  ['authorize', 'application key'],
  ['authorize', 'state'],
  ['token', 'application key'],
  ['token', 'code'],
  ['token', 'state'],
  ['token', 'new key'],
  ['user', 'application key'],
  ['user', 'session key'],
  ['revoke', 'application key'],
  ['revoke', 'session key'],
]
const FORMS: Readonly<Record<string, (secret: string) => string>> = {
  'the whole of it': (secret) => secret,
  'eight characters of it': (secret) => `got ${secret.slice(3, 11)}, refused`,
  'in lower case': (secret) => secret.toLowerCase(),
  'in upper case': (secret) => secret.toUpperCase(),
  'broken into lines': (secret) => (secret.match(/.{1,5}/g) ?? []).join('\n'),
  'after a long text, at its end': (secret) => `${'x '.repeat(92)}${secret}`,
}
const PLACES = [
  'developer_message',
  'user_message',
  'uc-rest-error',
  'x-ultracart-request-id',
] as const

/** What the call rejects with when one place of the answer repeats one secret. */
async function quoted(operation: Operation, secret: Secret, place: string, form: string) {
  let said = ''
  let state = ''
  const note = (seen: Seen) => {
    if (seen.operation === 'authorize') state = JSON.parse(seen.body).state
  }
  const play = (seen: Seen) => {
    note(seen)
    const values = {
      'application key': KEY,
      'session key': USER_KEY,
      code: CODE,
      state,
      'new key': NEW_KEY,
    }
    said = FORMS[form]!(values[secret])
    const body = {
      error: { [place]: said },
      ...(secret === 'new key' && { simple_key: NEW_KEY }),
    }
    return json(body, 400, place.includes('-') ? { [place]: said.replace(/\s/g, ' ') } : {})
  }
  const authorize = (seen: Seen) => {
    note(seen)
    return json({ login_url: 'https://secure.ultracart.com/login' })
  }
  const setup = setUp({ authorize, [operation]: play })
  return { error: await rejection(run(setup, operation)), said }
}

describe.each(SECRETS)('%s: the %s', (operation, secret) => {
  it.each(Object.keys(FORMS).flatMap((form) => PLACES.map((place) => [form, place] as const)))(
    '%s, in %s, is not told',
    async (form, place) => {
      const { error, said } = await quoted(operation, secret, place, form)
      expect(error['code']).toBe('ULTRACART_SSO_BAD_REQUEST')
      const text = `${error['stack']}${JSON.stringify(error)}`.toLowerCase()
      const squeezed = said.toLowerCase().replace(/\s/g, '')
      const shown = text.replace(/\s/g, '')
      for (let at = 0; at + 8 <= squeezed.length; at++) {
        const part = squeezed.slice(at, at + 8)
        if (!'x'.repeat(8).includes(part)) expect(shown).not.toContain(part)
      }
      expect([error['userMessage'], error['traceId']]).toEqual([undefined, undefined])
    },
  )
})

it('tells what quotes nothing, in each of these places', async () => {
  const error = { developer_message: 'wrong input', user_message: 'Try again' }
  const headers = { 'x-ultracart-request-id': '0A1B2C3D' }
  const told = await rejection(run(setUp({ user: () => json({ error }, 400, headers) }), 'user'))
  expect(told).toMatchObject({ userMessage: 'Try again', traceId: '0A1B2C3D' })
  expect(told['message']).toContain('wrong input')
  const header = { 'uc-rest-error': 'of the header' }
  const other = await rejection(run(setUp({ user: () => json({}, 400, header) }), 'user'))
  expect(other['message']).toContain('of the header')
})

it.each(['expiration_dts', 'ip_address'])(
  'a session shows no %s that repeats a key or the code',
  async (field) => {
    for (const secret of [KEY, CODE, USER_KEY, 'x'.repeat(65)]) {
      const token = () => json({ simple_key: USER_KEY, [field]: secret })
      const session = await setUp({ token }).session()
      expect(JSON.stringify(session)).not.toContain(secret)
      expect(session.simpleKey).toBe(USER_KEY)
    }
  },
)

it('a login page on a host that repeats the key is refused without its name', async () => {
  for (const [host, isTold] of [
    [`${KEY}.evil.example`, false],
    ['login.evil.example', true],
  ] as const) {
    const authorize = () => json({ login_url: `https://${host}/` })
    const error = await rejection(setUp({ authorize }).sso.authorize())
    expect(error['code']).toBe('ULTRACART_SSO_URL_REFUSED')
    expect(String(error['message']).includes(host.toLowerCase())).toBe(isTold)
  }
})
