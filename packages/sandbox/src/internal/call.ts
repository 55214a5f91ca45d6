/** One request under way, as the services see it. */
import type { FaultRule } from './faults.ts'
import type { StreamLogin } from './ibkr-stream/stream-login.ts'
import { hostMismatch } from './local-guard.ts'
import type { AnswerableCall, OwnAnswers } from './own-answers.ts'

export interface Call extends AnswerableCall {
  /** The sandbox's clock with the skew that applies to this request, in milliseconds. */
  readonly now: number
  /** The other end of the socket; `undefined` for a call within the process. */
  readonly address: string | undefined
  /** A fault that changes the live session token's answer. */
  readonly tokenFault: FaultRule | undefined
  /** Where the login of a socket goes; `undefined` for what cannot become one. */
  readonly upgrade: { login?: StreamLogin } | undefined
  /** The machine behind the load balancer; `undefined` where cookies do not matter. */
  readonly machine: string | undefined
  /** What a test answers by itself. */
  readonly ownAnswers: OwnAnswers
}

/** What Hono carries to the handlers. */
export interface SandboxEnv {
  Bindings: { readonly call: Call }
}

/**
 * A refusal on its way out: an answer in the broker's words, or a status that a server answers with by itself, and the
 * true reason for the record.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal' as const
  readonly response: Response | number

  constructor(reason: string, response: Response | number) {
    super(reason)
    this.response = response
  }
}

/** Longer details (base strings, for instance) are cut, so that records stay of bounded size. */
const DETAIL_LIMIT = 4096

/** One check of a request: its name in the record, what was found, and the answer if it failed. */
export interface Check {
  readonly name: string
  readonly detail: string
  readonly refuse: () => Response | number
}

/** Notes a check; when it failed, ends the request with the answer that `refuse` makes. */
export function check(call: Call, ok: boolean, { name, detail, refuse }: Check): asserts ok {
  const short = clip(detail, DETAIL_LIMIT)
  call.record.checks.push({ name, ok, detail: short })
  if (!ok) throw new Refusal(`${name}: ${short}`, refuse())
}

/** The check that what was issued is still good. */
export function checkNotExpired(
  call: Call,
  { expiresAtMs }: { readonly expiresAtMs: number },
  { name, refuse }: Omit<Check, 'detail'>,
): void {
  check(call, call.now < expiresAtMs, { name, detail: 'it must not have expired', refuse })
}

/** Against DNS rebinding: a page has to be asked for under the sandbox's own name. */
export function checkHost(call: Call, origin: string): void {
  const mismatch = hostMismatch(call.request, origin)
  check(call, mismatch === undefined, {
    name: 'host',
    detail: mismatch ?? 'own host',
    refuse: () => jsonResponse({ error: 'Forbidden', statusCode: 403 }, 403),
  })
}

/** Text that a client made up, short enough for a record or an answer. */
export function clip(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}...` : text
}

/** The words of statuses that a server answers with before anything of a request is judged. */
export const SERVER_TEXTS: Readonly<Record<number, string>> = {
  405: 'Method Not Allowed',
  411: 'Length Required',
  413: 'Payload Too Large',
  414: 'URI Too Long',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
}

/** What keeps an answer out of caches, and from being taken for another type than it has. */
export const UNCACHED: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}

export function jsonResponse(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json;charset=utf-8', ...UNCACHED, ...headers },
  })
}
