/** Every secret of every call for itself, bare: dropping one from a list of secrets must fail here. */
import { expect, it } from 'vitest'
import { everythingOf } from '../../../tests/support/index.ts'
import { assertionOf, type Call, failure, json, setUp, token } from './support.ts'

const TOKEN = 'mR7-Access-Kq29-Vz'
/** The end of a signature: nothing in it looks like a JWS. */
const endOf = (jws: string) => jws.slice(-24)

type Client = ReturnType<typeof setUp>['client']

const CALLS: ReadonlyArray<
  [what: string, call: (client: Client) => Promise<unknown>, secret: (sent: Call) => string]
> = [
  [
    'the assertion, of the token call',
    (client) => client.accessToken(),
    (sent) => endOf(assertionOf(sent)),
  ],
  ['the access token, of the first echo call', (client) => client.echoHttps(), () => TOKEN],
  ['the access token, of the second', (client) => client.echoSignedJwt(), () => TOKEN],
  ['the signed body, of the second', (client) => client.echoSignedJwt(), ({ body }) => endOf(body)],
]

it.each(CALLS)('no error repeats %s', async (what, call, secretOf) => {
  let secret = ''
  const refuse = (sent: Call) => {
    secret = secretOf(sent)
    return json(400, { title: 'Bad Request', detail: `got ${secret.toUpperCase()} and ${secret}` })
  }
  const good = () => token(1, { access_token: TOKEN })
  const isToken = what.startsWith('the assertion')
  const { client } = setUp({}, isToken ? refuse : good, refuse)
  const text = everythingOf(await failure(() => call(client)))
  expect(secret).toMatch(/^[\w-]{17,24}$/)
  expect(text).toContain('Bad Request')
  expect(text.toLowerCase()).not.toContain(secret.slice(0, 12).toLowerCase())
})
