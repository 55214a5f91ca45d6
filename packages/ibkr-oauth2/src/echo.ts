/**
 * The echo calls: the broker's own test of an integration. They touch no account.
 */
import { type FetchFunction, readAnswer } from '@isoauth/core-client'
import { callService } from '@isoauth/core-client/transport'
import { newError } from './internal/errors.ts'
import { ACCEPT } from './internal/token-exchange.ts'

/** The answer of an echo call. */
export interface EchoResponse {
  /** `GET`, `POST`, `PATCH` or `PUT`. */
  readonly requestMethod: string
  /** `HTTPS`, `SIGNED_JWT` or `ENCRYPTED_JWE`. */
  readonly securityPolicy: string
  readonly queryParameters?: Readonly<Record<string, unknown>>
}

/** @internal What an echo call needs. */
export interface EchoOptions {
  readonly fetch: FetchFunction
  readonly timeoutMs: number
  readonly now: () => number
  readonly signal: AbortSignal | undefined
  /** What must not come back in an error. */
  readonly secrets: readonly string[]
}

/** @internal Sends an echo call: with a body, the signed one. */
export async function echo(url: string, options: EchoOptions, jws?: string): Promise<EchoResponse> {
  const headers = {
    accept: ACCEPT,
    ...(jws !== undefined && { 'content-type': 'application/jwt' }),
  }
  const init = jws === undefined ? { headers } : { headers, method: 'POST', body: jws }
  const prepare = async () => new Request(url, init)
  const answer = await callService({ prepare }, { newError, ...options })
  const { fields, fieldError } = readAnswer(answer, {
    ...options,
    newError,
    refusal(kind, message, details) {
      const scope = jws === undefined ? 'echo.read' : 'echo.write'
      const needed = kind === 'FORBIDDEN' ? ` This call needs the scope ${scope}.` : ''
      return newError(kind, message + needed, details)
    },
  })
  for (const field of ['requestMethod', 'securityPolicy']) {
    if (typeof fields[field] !== 'string') throw fieldError(field, 'text')
  }
  return fields as unknown as EchoResponse
}
