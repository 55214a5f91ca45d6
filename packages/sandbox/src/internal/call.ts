/** One request under way, as the services see it. */
import type { FaultRule } from '../faults.ts'
import type { RequestRecord } from '../request-record.ts'

export interface Call {
  readonly request: Request
  /** Path as it stood on the wire. */
  readonly path: string
  /** Query as it stood on the wire; `undefined` without a question mark. */
  readonly query: string | undefined
  /** The sandbox's clock with the skew that applies to this request, in milliseconds. */
  readonly now: number
  readonly record: RequestRecord
  /** The other end of the socket; `undefined` for a call within the process. */
  readonly address: string | undefined
  /** A fault that changes the live session token's answer. */
  readonly tokenFault: FaultRule | undefined
  /** The body as text, read once. */
  body(): Promise<string>
}

/** What Hono carries to the handlers. */
export interface SandboxEnv {
  Bindings: { readonly call: Call }
}

/** A refusal on its way out: an answer in the broker's words, and the true reason for the record. */
export class Refusal extends Error {
  override readonly name = 'Refusal' as const
  readonly response: Response

  constructor(reason: string, response: Response) {
    super(reason)
    this.response = response
  }
}

/** Notes a check; when it failed, ends the request with the answer that `refuse` makes. */
export function check(
  call: Call,
  name: string,
  ok: boolean,
  detail: string,
  refuse: () => Response,
): asserts ok {
  call.record.checks.push({ name, ok, detail })
  if (!ok) throw new Refusal(`${name}: ${detail}`, refuse())
}

export function jsonResponse(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
  })
}
