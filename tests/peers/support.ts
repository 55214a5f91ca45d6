/**
 * A sandbox in process or behind a socket, clients of it, and one clock that all of them share.
 */
import { createIbkrOAuth1, type IbkrOAuth1, type IbkrOAuth1Event } from '@isoauth/ibkr-oauth1'
import {
  createSandbox,
  type RequestRecord,
  type Sandbox,
  type SandboxOptions,
} from '@isoauth/sandbox'
import { serve } from '@isoauth/sandbox/node'
import { afterEach } from 'vitest'
import { testCredentials } from '../../vectors/sandbox-credentials.ts'

export type ClientOptions = Partial<Parameters<typeof createIbkrOAuth1>[0]>

/** How requests reach the sandbox. */
export type Way = 'in process' | 'over HTTP'
export const WAYS: readonly Way[] = ['in process', 'over HTTP']

export interface Setup {
  readonly sandbox: Sandbox
  /** What clients take as `baseUrl`. */
  readonly baseUrl: string
  /** Milliseconds since 1970, for the sandbox and its clients. */
  readonly time: { now: number }
  readonly client: IbkrOAuth1
  readonly events: IbkrOAuth1Event[]
  /** A further client of the same sandbox, telling the same `events`. */
  readonly another: (options?: ClientOptions) => IbkrOAuth1
}

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

/** A fresh sandbox with a client. */
export async function setUp(
  way: Way = 'in process',
  options: ClientOptions = {},
  sandboxOptions: Partial<SandboxOptions> = {},
): Promise<Setup> {
  const time = { now: Date.parse('2026-03-02T09:00:00Z') }
  const now = () => time.now
  const all = { credentials: testCredentials, now, ...sandboxOptions }
  const sandbox = await (way === 'in process' ? inProcess(all) : overHttp(all))
  const { oauth1 } = sandbox.credentials.ibkr
  const events: IbkrOAuth1Event[] = []
  const another = (more: ClientOptions = {}) =>
    createIbkrOAuth1({
      ...oauth1,
      ...(way === 'in process' && { fetch: sandbox.fetch }),
      now,
      onEvent: (event: IbkrOAuth1Event) => void events.push(event),
      ...options,
      ...more,
    } as Parameters<typeof createIbkrOAuth1>[0])
  return { sandbox, baseUrl: oauth1.baseUrl, time, client: another(), events, another }
}

function inProcess(options: Partial<SandboxOptions>): Promise<Sandbox> {
  return createSandbox({ ...options, origin: 'http://127.0.0.1:8787' })
}

async function overHttp(options: Partial<SandboxOptions>): Promise<Sandbox> {
  const { sandbox, close } = await serve(options)
  // Node's fetch leaves a spare connection open after an abort, which no request ever came over.
  closers.push(() => close({ timeoutMs: 100 }))
  return sandbox
}

/** Why requests were refused, and every check that failed: empty when all went well. */
export function complaints({ requests }: Sandbox): string[] {
  return requests.flatMap(({ method, path, refused, checks }: RequestRecord) => [
    ...(refused === null ? [] : [`${method} ${path}: ${refused}`]),
    ...checks.filter(({ ok }) => !ok).map(({ name }) => `${method} ${path}: check ${name}`),
  ])
}

/** `METHOD /path status` of each request, without the base. */
export function sent({ requests }: Sandbox): string[] {
  return requests.map(
    ({ method, path, status }) => `${method} ${path.replace('/v1/api', '')} ${status}`,
  )
}

/** How often a request's signature was found right. */
export function verified({ requests }: Sandbox): number {
  return requests.filter(({ checks }) => checks.some(({ name, ok }) => name === 'signature' && ok))
    .length
}

/** What a promise rejects with; a failure where it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('it resolved')
}
