/** A small UltraCart client and browser of the tests' own, nothing of the packages. */
import { createSandbox, type Sandbox, type SandboxOptions } from '@isoauth/sandbox'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'

export type Headers1 = Record<string, string>

export interface Sent {
  /** A string is sent as it stands, anything else as JSON. */
  readonly body?: unknown
  /** Overrides or adds headers; an empty string removes one. */
  readonly headers?: Headers1
  readonly method?: string
  readonly signal?: AbortSignal
}

export const STATE = 'h3pQ'.repeat(10)

/** A sandbox that knows a shop's address, and its client. */
export async function startShop(now: () => number, options: SandboxOptions = {}) {
  const ultracart = { redirectUri: 'https://shop.example/auth/return' }
  const sandbox = await createSandbox({ now, ultracart, credentials: testCredentials, ...options })
  return { sandbox, client: new UltraCart(sandbox) }
}

export class UltraCart {
  readonly sandbox: Sandbox

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox
  }

  get reason(): string {
    return this.sandbox.requests.at(-1)?.refused ?? ''
  }

  /** An operation, as the vendor describes it, unless told otherwise. */
  send(path: string, key: string, { body, headers = {}, method = 'GET', signal }: Sent = {}) {
    const all: Headers1 = {
      accept: 'application/json',
      'x-ultracart-simple-key': key,
      'x-ultracart-api-version': '2017-03-01',
      ...(body !== undefined && { 'content-type': 'application/json; charset=UTF-8' }),
      ...headers,
    }
    return this.sandbox.fetch(this.sandbox.credentials.ultracart.baseUrl + path, {
      method,
      headers: Object.entries(all).filter(([, value]) => value !== ''),
      redirect: 'manual',
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    })
  }

  authorize(sent: Sent = {}): Promise<Response> {
    const { simpleKey, redirectUri } = this.sandbox.credentials.ultracart
    const body = { redirect_uri: redirectUri, state: STATE }
    return this.send('/sso/authorize', simpleKey, { method: 'PUT', body, ...sent })
  }

  token(code: unknown, sent: Sent = {}): Promise<Response> {
    const { simpleKey } = this.sandbox.credentials.ultracart
    const body = { code, grant_type: 'simple_key' }
    return this.send('/sso/token', simpleKey, { method: 'PUT', body, ...sent })
  }

  user(key: string, sent: Sent = {}): Promise<Response> {
    return this.send('/sso/session/user', key, sent)
  }

  revoke(key: string, sent: Sent = {}): Promise<Response> {
    return this.send('/sso/session/revoke', key, { method: 'DELETE', ...sent })
  }

  /** The address of a new login page. */
  async loginUrl(body?: Record<string, string>): Promise<string> {
    const response = await this.authorize(body ? { body } : {})
    return (await response.json()).login_url
  }

  /** Opens the login page and gives what its form would send. */
  async form(loginUrl: string): Promise<URLSearchParams> {
    const page = await (await this.sandbox.fetch(loginUrl)).text()
    const hidden = page.matchAll(/<input type="hidden" name="(\w+)" value="(\w+)">/g)
    const fields = new URLSearchParams(
      [...hidden].map(([, name = '', value = '']) => [name, value]),
    )
    fields.set('user', /value="(\w+)" checked/.exec(page)?.[1] ?? '')
    return fields
  }

  /** Presses a button of the login page. */
  press(fields: URLSearchParams, decision: string): Promise<Response> {
    const body = new URLSearchParams(fields)
    body.set('decision', decision)
    return this.sandbox.fetch(`${this.sandbox.origin}/ultracart/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
    })
  }

  /** The whole way to a code. */
  async code(user?: string): Promise<string> {
    const fields = await this.form(await this.loginUrl())
    if (user) fields.set('user', user)
    return callback(await this.press(fields, 'approve')).searchParams.get('code') ?? ''
  }

  /** The whole way to a user's key. */
  async key(user?: string): Promise<string> {
    return (await (await this.token(await this.code(user))).json()).simple_key
  }
}

/** Where a redirect leads. */
export function callback(response: Response): URL {
  return new URL(response.headers.get('location') ?? '')
}
