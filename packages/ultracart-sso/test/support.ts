/** A service of the tests' own, told what to answer, and a client for it. */
import {
  createUltraCartSso,
  type UltraCartSession,
  type UltraCartSso,
  type UltraCartSsoOptions,
  type UltraCartTransaction,
  type ValidatedCallback,
} from '@isoauth/ultracart-sso'
import { type Failure, failure } from '../../../tests/support/index.ts'

const BASE = 'https://secure.ultracart.com/rest/v2'
export const REDIRECT = 'https://shop.example/auth/return'
// Mixed case, and no eight characters in common: one secret cannot hide that another is let through.
export const KEY = 'Rq7-AppZx-41kVmN'
export const USER_KEY = 'uT9-perSon-Hj26sWe'
export const CODE = 'c0De-Yb83-FgLq'
export const START = Date.parse('2026-03-02T15:00:00Z')

export type Operation = 'authorize' | 'token' | 'user' | 'revoke'

export interface Seen {
  readonly operation: Operation
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
  readonly redirect: string
}

/** What the service answers to one attempt. */
export type Play = (seen: Seen, attempt: number) => Response | Promise<Response>

const PATHS: Readonly<Record<string, Operation>> = {
  'PUT /sso/authorize': 'authorize',
  'PUT /sso/token': 'token',
  'GET /sso/session/user': 'user',
  'DELETE /sso/session/revoke': 'revoke',
}

export const json = (
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): Response =>
  new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
  })

export const normal: Readonly<Record<Operation, Play>> = {
  authorize: () =>
    json({
      login_url: 'https://secure.ultracart.com/example/login?id=42',
      expiration_dts: '2026-03-02T10:05:00-05:00',
    }),
  token: () =>
    json({
      simple_key: USER_KEY,
      expiration_dts: '2026-03-02T22:00:00-05:00',
      ip_address: '203.0.113.7',
    }),
  user: () => json({ user_id: 1201, login: 'mara', email: 'mara@shop.example' }),
  revoke: () => new Response(null, { status: 204 }),
}

export interface Setup {
  readonly sso: UltraCartSso
  readonly seen: Seen[]
  readonly time: { now: number }
  readonly fetch: typeof globalThis.fetch
  /** How many requests of an operation arrived. */
  count(operation: Operation): number
  /** Starts a login; gives the transaction and the state that was sent. */
  login(): Promise<{ transaction: UltraCartTransaction; state: string }>
  /** A callback URL with these parameters. */
  callback(parameters: Record<string, string>): string
  /** A login up to the validated callback. */
  validated(code?: string): Promise<ValidatedCallback>
  /** A login up to the session. */
  session(): Promise<UltraCartSession>
}

/** A client and the service it talks to; `plays` replace what the service answers. */
export function setUp(
  plays: Partial<Record<Operation, Play>> = {},
  options: Partial<UltraCartSsoOptions> = {},
): Setup {
  const seen: Seen[] = []
  const time = { now: START }
  const counts: Record<string, number> = {}
  const fetch = async (input: unknown, init?: RequestInit) => {
    const request = new Request(input as Request, init)
    const base = (options.baseUrl ?? BASE).replace(/\/$/, '')
    const operation = PATHS[`${request.method} ${request.url.slice(base.length)}`]
    if (operation === undefined) throw new TypeError('a request to nowhere')
    const { method, url, headers, redirect } = request
    const one = { operation, method, url, headers, redirect, body: await request.text() }
    seen.push(one)
    counts[operation] = (counts[operation] ?? 0) + 1
    return (plays[operation] ?? normal[operation])(one, counts[operation])
  }
  const sso = createUltraCartSso({
    simpleKey: KEY,
    redirectUri: REDIRECT,
    allowBrowser: true,
    fetch: fetch as never,
    now: () => time.now,
    ...options,
  } as UltraCartSsoOptions)
  const callback = (parameters: Record<string, string>) =>
    `${options.redirectUri ?? REDIRECT}?${new URLSearchParams(parameters)}`
  const login = async () => {
    const { transaction } = await sso.authorize()
    const { state } = JSON.parse(seen.at(-1)?.body ?? '{}')
    return { transaction, state }
  }
  const validated = async (code = CODE) => {
    const { transaction, state } = await login()
    return await sso.validateCallback(callback({ code, state }), { transaction })
  }
  return {
    sso,
    seen,
    time,
    fetch: fetch as never,
    count: (operation) => counts[operation] ?? 0,
    login,
    callback,
    validated,
    session: async () => await sso.exchangeCode(await validated()),
  }
}

/** Calls one operation of a client, with what must come before it. */
export async function run(
  setup: Setup,
  operation: Operation,
  signal?: AbortSignal,
): Promise<unknown> {
  const { sso } = setup
  if (operation === 'authorize') return await sso.authorize({ signal })
  if (operation === 'token') return await sso.exchangeCode(await setup.validated(), { signal })
  return await sso[operation]({ simpleKey: USER_KEY }, { signal })
}

/** What a promise rejects with. */
export const rejection = (promise: Promise<unknown>): Promise<Failure> => failure(() => promise)
