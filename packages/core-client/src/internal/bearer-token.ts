/**
 * Bearer tokens (RFC 6750): they show their end and never themselves when printed.
 */
import { parseJsonObject } from './response-body.ts'
import type { ServiceAnswer } from './service-answer.ts'
import type { ClientTokenKind } from './token-client.ts'
import { type Renewable, showFieldsAlone } from './token-source.ts'

/** A bearer token with its times; `value` is left out of any print or JSON. */
export class BearerToken implements Renewable {
  readonly #value: string
  /** When it ends, in milliseconds since 1970 on this machine's clock. */
  readonly expiresAtMs: number
  /** When it was asked for, in milliseconds since 1970 on this machine's clock. */
  readonly obtainedAtMs: number
  /** The scopes granted, separated by blanks; empty where the service knows none. */
  readonly scope: string

  constructor(
    value: string,
    about: {
      readonly expiresAtMs: number
      readonly obtainedAtMs: number
      readonly scope?: string | undefined
    },
  ) {
    this.#value = value
    this.expiresAtMs = about.expiresAtMs
    this.obtainedAtMs = about.obtainedAtMs
    this.scope = about.scope ?? ''
    showFieldsAlone(this)
  }

  /** The token itself: a secret until its end. */
  get value(): string {
    return this.#value
  }
}

/** How a client keeps bearers; the `value` says which one is to be replaced. */
export const BEARER: ClientTokenKind<BearerToken, string> = {
  markOf: ({ value }) => value,
  isMark: isTokenText,
  markForm: 'the value of a token that this client gave',
  matches: (token, value) => token.value === value,
  serialize: (token) => JSON.stringify({ ...token, value: token.value }),
  deserialize(text) {
    const { value, expiresAtMs, obtainedAtMs, scope } = parseJsonObject(text) ?? {}
    if (typeof expiresAtMs !== 'number' || typeof obtainedAtMs !== 'number') return undefined
    if (!isTokenText(value) || typeof scope !== 'string') return undefined
    return new BearerToken(value, { expiresAtMs, obtainedAtMs, scope })
  },
}

/** Takes the token out of an answer (RFC 6749 section 5.1); one that names no type is a bearer. */
export function readBearer({ fields, fieldError }: ServiceAnswer): string {
  const value = fields['access_token']
  if (!isTokenText(value)) throw fieldError('access_token', 'a token')
  const type = fields['token_type'] ?? 'bearer'
  const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer'
  if (!isBearer) throw fieldError('token_type', 'Bearer')
  return value
}

/** True for what can stand in an `Authorization` header: visible ASCII without blanks. */
export function isTokenText(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]+$/.test(value)
}
