/** A client of the OAuth 2.0 service, written against the RFCs alone; every part can be spoilt. */
import type { IbkrOAuth2Credentials } from '@isoauth/sandbox'
import { rightSigner } from '../../../tests/support/signatures.ts'

export type Members = Readonly<Record<string, unknown>>
export type Fetch = (input: string, init?: RequestInit) => Promise<Response>

export interface JwtParts {
  readonly header?: Members
  /** Another key than the registered one, in PKCS#8 PEM. */
  readonly privateKey?: string
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export class OAuth2Client {
  readonly credentials: IbkrOAuth2Credentials
  readonly #fetch: Fetch
  #sign: ReturnType<typeof signerOf> | undefined

  constructor(credentials: IbkrOAuth2Credentials, fetch: Fetch) {
    this.credentials = credentials
    this.#fetch = fetch
  }

  /** A compact JWS; members that are `undefined` are left out. */
  async jwt(claims: Members, { header = {}, privateKey }: JwtParts = {}): Promise<string> {
    this.#sign ??= signerOf(this.credentials.privateKey)
    const head = { alg: 'RS256', typ: 'JWT', kid: this.credentials.keyId, ...header }
    const input = [head, claims].map((part) => base64Url(JSON.stringify(part))).join('.')
    const sign = await (privateKey === undefined ? this.#sign : signerOf(privateKey))
    const signature = await sign(new TextEncoder().encode(input))
    return `${input}.${base64Url(String.fromCharCode(...signature), true)}`
  }

  assertion(now: number, changed: Members = {}, parts: JwtParts = {}): Promise<string> {
    const { clientId } = this.credentials
    const seconds = Math.floor(now / 1000)
    const times = { exp: seconds + 20, iat: seconds - 10 }
    return this.jwt({ iss: clientId, sub: clientId, aud: '/token', ...times, ...changed }, parts)
  }

  /** A signed body of the gateway API. */
  body(now: number, members: Members = {}, parts: JwtParts = {}): Promise<string> {
    const seconds = Math.floor(now / 1000)
    const times = { exp: seconds + 60, iat: seconds }
    return this.jwt({ iss: this.credentials.clientId, ...times, ...members }, parts)
  }

  /** The token request; a form member that is `undefined` is left out. */
  async askToken(
    now: number,
    form: Readonly<Record<string, string | undefined>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const members = {
      grant_type: 'client_credentials',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: 'client_assertion' in form ? undefined : await this.assertion(now),
      ...form,
    }
    const body = new URLSearchParams()
    for (const [name, value] of Object.entries(members)) {
      if (value !== undefined) body.append(name, value)
    }
    return this.post('/oauth2/api/v1/token', String(body), {
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    })
  }

  async token(now: number, scope?: string): Promise<string> {
    // Two tokens within one second need two different assertions.
    const client_assertion = await this.assertion(now, { jti: crypto.randomUUID() })
    const response = await this.askToken(now, { client_assertion, scope })
    if (response.status !== 200) throw new Error(`no token: ${response.status}`)
    return ((await response.json()) as { access_token: string }).access_token
  }

  /** A signed call of the gateway API. */
  async signed(path: string, token: string, body: string): Promise<Response> {
    return this.post(`/gw/api/v1${path}`, body, {
      authorization: `Bearer ${token}`,
      'content-type': 'application/jwt',
    })
  }

  post(path: string, body: string, headers: Record<string, string>): Promise<Response> {
    return this.#fetch(this.credentials.baseUrl + path, { method: 'POST', headers, body })
  }

  get(path: string, token: string): Promise<Response> {
    const headers = { authorization: `Bearer ${token}` }
    return this.#fetch(this.credentials.baseUrl + path, { headers })
  }
}

/** Signs with a PKCS#8 PEM. */
function signerOf(pem: string): ReturnType<typeof rightSigner> {
  const der = atob(pem.replaceAll(/-----[^-]+-----|\s/g, ''))
  return rightSigner(
    'pkcs8',
    Uint8Array.from(der, (character) => character.charCodeAt(0)),
  )
}

function base64Url(text: string, binary = false): string {
  const bytes = binary ? text : String.fromCharCode(...new TextEncoder().encode(text))
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
