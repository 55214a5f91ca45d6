/**
 * The token exchange: the form with a client assertion (RFC 6749 section 4.4, RFC 7523 section 2.2),
 * and what its answer means.
 */
import {
  BearerToken,
  describeBaseCause,
  describeClock,
  type PlatformRequest,
  parseHttpDate,
  type ReceivedAnswer,
  readAnswer,
  readBearer,
  setUserAgent,
} from '@isoauth/core-client'
import { newError } from './errors.ts'
import type { TokenSettings } from './settings.ts'
import { type AssertionChoices, makeAssertion } from './signed-jwt.ts'

/** An access token: `{ value, expiresAtMs, obtainedAtMs, scope }`, `value` left out of any print or JSON. */
export type AccessToken = BearerToken

/** What the answer is processed with. */
export interface Exchange {
  readonly settings: TokenSettings
  readonly assertion: string
  /** Before the request was sent, in milliseconds since 1970 on this machine's clock. */
  readonly requestedAtMs: number
}

/** The media types of answers. */
export const ACCEPT = 'application/json, application/problem+json'
/** A clock this far off, in milliseconds, is taken for the cause of a refusal. */
export const CLOCK_LEEWAY_MS = 5000

/** Makes the request; it is good for one use. */
export async function prepareExchange(
  settings: TokenSettings,
  choices?: AssertionChoices,
): Promise<{ readonly request: PlatformRequest; readonly exchange: Exchange }> {
  const { scopes, clientId, includeClientId, now } = settings
  const assertion = await makeAssertion(settings, choices)
  const form = new URLSearchParams([
    ['grant_type', 'client_credentials'],
    ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
    ['client_assertion', assertion],
    ...(includeClientId ? [['client_id', clientId]] : []),
    ['scope', scopes.join(' ')],
  ])
  const headers = new Headers({
    accept: ACCEPT,
    // As text, or else the platform adds a charset.
    'content-type': 'application/x-www-form-urlencoded',
  })
  setUserAgent(headers, settings.userAgent)
  const body = form.toString()
  const request = new Request(settings.tokenUrl, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
  })
  return { request, exchange: { settings, assertion, requestedAtMs: now() } }
}

/** Reads the token from an answer. */
export function processExchange(
  answer: ReceivedAnswer,
  { settings, assertion, requestedAtMs }: Exchange,
): AccessToken {
  const { scopes, now, clock, fallbackLifetimeSeconds } = settings
  // NaN where the answer's Date cannot be read.
  const differenceMs = (parseHttpDate(answer.headers.get('date')) ?? Number.NaN) - clock.nowMs()
  const said = readAnswer(answer, {
    newError,
    now,
    secrets: [assertion],
    refusal(kind, message, details) {
      const { oauthError, detail = '', status, invalidArguments = [] } = details
      const words = [detail, ...invalidArguments.map(({ field }) => field)].join(' ')
      const isScopeRefused =
        oauthError === 'invalid_scope' || (status === 400 && /\bscopes?\b/i.test(words))
      if (isScopeRefused || kind === 'FORBIDDEN') {
        return newError(kind, `${message} ${describeScopes(scopes)}`, details)
      }
      if (details.status !== 400 && kind !== 'UNAUTHORIZED') {
        return newError(
          kind,
          message + (kind === 'REFUSED' ? describeBaseCause(settings.base) : ''),
          details,
        )
      }
      const isOff = Math.abs(differenceMs) > CLOCK_LEEWAY_MS
      const cause = isOff ? describeClock(differenceMs) : CAUSES
      const ofBase = isOff ? '' : describeBaseCause(settings.base, '')
      const hidden = Number.isNaN(differenceMs) ? ', and the clock' : ''
      return newError(
        isOff ? 'CLOCK_OFF' : 'ASSERTION_REFUSED',
        `${message}${ofBase} ${cause}${hidden}.`,
        details,
      )
    },
  })
  const { fields, fieldError } = said
  const value = readBearer(said)
  const life = fields['expires_in'] ?? fallbackLifetimeSeconds
  // Some services write the number as text.
  const lifetime = typeof life === 'number' || typeof life === 'string' ? Number(life) : Number.NaN
  if (!(lifetime >= 1 && lifetime < 1e9))
    throw fieldError('expires_in', 'seconds from 1 to 999999999')
  // Some services write a list of them.
  const granted = [fields['scope'] ?? scopes].flat()
  if (!granted.every((scope) => typeof scope === 'string')) throw fieldError('scope', 'text')
  return new BearerToken(value, {
    obtainedAtMs: requestedAtMs,
    expiresAtMs: requestedAtMs + Math.floor(lifetime) * 1000,
    scope: granted.join(' '),
  })
}

const CAUSES =
  'Check clientId, keyId and audience, and that privateKey is the one whose public half is registered'

function describeScopes(scopes: readonly string[]): string {
  const asked = `The scope asked for was '${scopes.join(' ')}'`
  return `${asked}: check its spelling (one blank between two); ask the broker to grant it to this client, or ask for less.`
}
