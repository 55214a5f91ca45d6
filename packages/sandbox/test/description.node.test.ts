/**
 * Answers of the sandbox against the vendor's own description of its API (OpenAPI 3.0), from the file
 * that `IBKR_SPEC_FILE` names.
 */
import { readFileSync } from 'node:fs'
import { env } from 'node:process'
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { Ajv } from 'ajv'
import { beforeAll, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { type Members, OAuth2Client } from './oauth2-client.ts'
import { TestClient } from './signer.ts'

interface Description {
  readonly paths: Record<string, Record<string, { responses: Record<string, Described> }>>
  readonly components: { readonly responses: Record<string, Described> }
}

interface Described {
  readonly $ref?: string
  readonly content?: Record<string, { readonly schema: object }>
}

/** Where the description is known to be wrong, by operation and status. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  // It requires a member that it does not define, and that no answer has.
  'POST /gw/api/v1/sso-browser-sessions 200': [" must have required property 'access_token'"],
  // Its two forms fit every object, so that neither is the one; and an object is called an array.
  'POST /tickle 200': ['/hmds/authStatus must be array', ' must match exactly one schema in oneOf'],
}

/** Described as problem details since lately; seen is `{error, statusCode}`. */
const TRADING_ERRORS = '{"error":"…","statusCode":401}'

const file = env['IBKR_SPEC_FILE']
const title = 'answers, by the description of the vendor'
const skipped = `${title} (SKIPPED: IBKR_SPEC_FILE is not set)`

describe.runIf(file !== undefined)(file === undefined ? skipped : title, () => {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
  const origin = 'http://127.0.0.1:8787'
  const seen = new Set<string>()
  let description: Description
  let sandbox: Sandbox
  let client: OAuth2Client
  let token: string
  let bearer: string

  beforeAll(async () => {
    description = JSON.parse(readFileSync(file ?? '', 'utf8'))
    ajv.addSchema({ $id: 'description', ...description })
    sandbox = await createSandbox({ origin, credentials: testCredentials })
    client = new OAuth2Client(sandbox.credentials.ibkr.oauth2, sandbox.fetch)
    token = await client.token(Date.now())
  })

  /** What is wrong with the answer, by the description; exceptions are taken out. */
  async function problems(response: Response): Promise<readonly string[]> {
    const { method, path } = sandbox.requests.at(-1) ?? { method: '', path: '' }
    const name = path.replace(/^\/v1\/api/, '')
    const operation = `${method} ${name} ${response.status}`
    seen.add(operation)
    const found = described(name, method, response.status)
    const type = (response.headers.get('content-type') ?? '').replace(/;.*/, '')
    const body = await response.json()
    if (path.startsWith('/v1/api') && response.status === 401) {
      const fits = typeof body.error === 'string' && body.statusCode === 401
      return fits ? [] : [`not ${TRADING_ERRORS}`]
    }
    const schema = found?.content?.[type]?.schema
    if (schema === undefined) return [`${operation} ${type} is not described`]
    const validate = ajv.compile(absolute(schema))
    if (validate(body)) return []
    const expected = EXCEPTIONS[operation] ?? []
    return (validate.errors ?? [])
      .map(({ instancePath, message }) => `${instancePath} ${message}`)
      .filter((problem) => !expected.includes(problem))
  }

  function described(path: string, method: string, status: number): Described | undefined {
    const found = description.paths[path]?.[method.toLowerCase()]?.responses[status]
    const name = found?.$ref?.replace('#/components/responses/', '')
    return name === undefined ? found : description.components.responses[name]
  }

  const now = () => Date.now()
  const asUser: Members = { credential: 'sandboxuser', ip: '127.0.0.1' }
  const signed = async (path: string, members: Members, access = token) =>
    client.signed(path, access, await client.body(now(), members))
  const trading = (path: string, method: string, body: string | null = null) =>
    sandbox.fetch(`${origin}/v1/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body === null ? {} : { 'content-type': 'application/json' }),
      },
      body,
    })

  it.each<[string, () => Promise<Response>, number]>([
    ['a token', () => client.askToken(now()), 200],
    ['no token for camelCase', () => client.askToken(now(), { clientId: 'x' }), 400],
    ['no token for a bad assertion', () => client.askToken(now(), { client_assertion: 'x' }), 400],
    ['echo/https', () => client.get('/gw/api/v1/echo/https', token), 200],
    ['echo/https, unauthorized', () => client.get('/gw/api/v1/echo/https', 'x'), 401],
    ['echo/signed-jwt', () => signed('/echo/signed-jwt', {}), 200],
    ['echo/signed-jwt, unauthorized', () => signed('/echo/signed-jwt', {}, 'x'), 401],
    ['echo/signed-jwt, not for us', () => signed('/echo/signed-jwt', { aud: 'x' }), 403],
    ['sso-sessions', () => signed('/sso-sessions', asUser), 200],
    ['sso-sessions without a member', () => signed('/sso-sessions', {}), 400],
    ['sso-sessions, other address', () => signed('/sso-sessions', { ...asUser, ip: '::2' }), 401],
    ['sso-sessions, not for us', () => signed('/sso-sessions', { ...asUser, aud: 'x' }), 403],
    ['sso-browser-sessions', () => signed('/sso-browser-sessions', asUser), 200],
    ['sso-browser-sessions, bad ip', () => signed('/sso-browser-sessions', { ip: 'x' }), 400],
    ['sso-browser-sessions, unauthorized', () => signed('/sso-browser-sessions', {}, 'x'), 401],
  ])('%s', async (_title, ask, status) => {
    const response = await ask()
    expect(response.status).toBe(status)
    expect(await problems(response)).toEqual([])
  })

  it.each(['/oauth2/api/v1/token', '/gw/api/v1/sso-sessions'])(
    'a fault of %s has the form of its errors',
    async (path) => {
      sandbox.fault({ path, kind: 'status', status: 500 })
      expect(await problems(await client.post(path, '', {}))).toEqual([])
    },
  )

  it('the trading API, in the order in which it is used', async () => {
    bearer = (await (await signed('/sso-sessions', asUser)).json()).access_token
    const init = '{"publish":true,"compete":true}'
    const calls: [string, string, string?][] = [
      ['/portfolio/accounts', 'GET'],
      ['/sso/validate', 'GET'],
      ['/tickle', 'POST'],
      ['/iserver/auth/ssodh/init', 'POST', init],
      ['/iserver/auth/status', 'POST'],
      ['/iserver/accounts', 'GET'],
      ['/tickle', 'POST'],
      ['/logout', 'POST'],
    ]
    for (const call of calls) {
      const response = await trading(...call)
      expect([call[0], response.status, await problems(response)]).toEqual([call[0], 200, []])
    }
    const over = await trading('/tickle', 'POST')
    expect([over.status, await problems(over)]).toEqual([401, []])
  })

  it('the handshake of OAuth 1.0a', async () => {
    const oauth1 = new TestClient(sandbox.credentials.ibkr.oauth1, sandbox.fetch)
    const { response } = await oauth1.requestToken()
    expect([response.status, await problems(response)]).toEqual([200, []])
  })

  it('leaves no exception unused', () => {
    for (const operation of Object.keys(EXCEPTIONS)) expect(seen).toContain(operation)
  })

  /** A schema whose references lead to the description, wherever it is compiled. */
  function absolute(schema: object): object {
    const text = JSON.stringify(schema)
    return JSON.parse(text.replaceAll('"#/components', '"description#/components'))
  }
})
