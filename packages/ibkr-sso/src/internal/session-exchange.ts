/**
 * The two calls of the gateway API, a session and a browser session: a bearer, a compact JWS as the raw
 * body, and what their answers mean.
 */
import {
  type AnswerDetails,
  BearerToken,
  cleanText,
  createEchoCheck,
  describeBaseCause,
  isTokenText,
  type PlatformAbortSignal,
  type PlatformRequest,
  parseJsonObject,
  type ReceivedAnswer,
  type RefusalKind,
  readAnswer,
  readBearer,
  setUserAgent,
} from '@isoauth/core-client'
import { callService } from '@isoauth/core-client/transport'
import { base64UrlToBytes, hasCode } from '@isoauth/core-crypto'
import {
  type BrowserLink,
  isAllowedLink,
  issueLink,
  type LinkSettings,
  parseLink,
} from './browser-link.ts'
import { newError, refuse } from './errors.ts'
import type { EndpointSettings, SendSettings, SessionClaims, SsoAuthority } from './settings.ts'

/** An SSO bearer: `{ value, expiresAtMs, obtainedAtMs }`, `value` left out of any print or JSON. */
export type SsoBearer = BearerToken

/** What is asked for. */
export interface SessionCall {
  readonly path: '/sso-sessions' | '/sso-browser-sessions'
  readonly claims: SessionClaims
  readonly accessToken: string
}

/** What the answer is processed with. */
export interface Exchange {
  readonly settings: EndpointSettings
  /** The access token and the signed body, which no error may repeat. */
  readonly secrets: readonly string[]
  readonly path: SessionCall['path']
  readonly requestedAtMs: number
}

/** The broker tells no end; no session outlives a day, and a 401 tells of an earlier end. */
const LIFE_MS = 86_400_000

/** The access token of the authority. */
export async function readAccessToken(
  { oauth2 }: EndpointSettings,
  options: {
    readonly signal?: PlatformAbortSignal | undefined
    readonly replacing?: string
  } = {},
): Promise<string> {
  const token = (await oauth2.accessToken(options)) as { readonly value?: unknown } | undefined
  if (isTokenText(token?.value)) return token.value
  return refuse('oauth2', token?.value, 'a client whose accessToken() gives { value }')
}

/** An access token that was refused, and what asking for another one failed with. */
interface FailedReplacement {
  readonly replacing: string
  readonly error: unknown
  /** From when on and until when the authority holds back, in milliseconds since 1970. */
  readonly sinceMs: number
  readonly untilMs: number
}

const failedReplacements = new WeakMap<SsoAuthority, FailedReplacement>()

/**
 * Another access token in the place of one that was refused. An authority that is asked for that tries at once, though it
 * holds back; so for all users of it one asks, and the others are given the same failure until the next attempt is due.
 */
async function replaceAccessToken(
  settings: EndpointSettings,
  { replacing, signal }: { readonly replacing: string; readonly signal: AbortSignal | undefined },
): Promise<string> {
  const { oauth2, now } = settings
  const failed = failedReplacements.get(oauth2)
  // A clock that was set back would make the pause longer than it was meant to be.
  const isHeld = failed && now() >= failed.sinceMs && now() < failed.untilMs
  if (isHeld && failed.replacing === replacing) throw failed.error
  try {
    return await readAccessToken(settings, { signal, replacing })
  } catch (error) {
    const { nextAttemptAtMs } = Object(error) as { readonly nextAttemptAtMs?: unknown }
    const untilMs = Number(nextAttemptAtMs)
    const sinceMs = now()
    if (untilMs > sinceMs) failedReplacements.set(oauth2, { replacing, error, sinceMs, untilMs })
    throw error
  }
}

/** A call, and what its answer means. */
export interface GatewayCall<T> extends Omit<SessionCall, 'accessToken'> {
  readonly signal: PlatformAbortSignal | undefined
  readonly read: (answer: ReceivedAnswer, exchange: Exchange) => T
}

/** Makes one of the two calls and reads its answer; a 401 renews the access token, once. */
export async function callGateway<T>(
  settings: EndpointSettings & SendSettings,
  { read, signal, ...call }: GatewayCall<T>,
): Promise<T> {
  let accessToken = await readAccessToken(settings, { signal })
  for (let isRepaired = false; ; isRepaired = true) {
    const { request, exchange } = await prepareExchange(settings, { ...call, accessToken })
    const answer = await callService({ prepare: async () => request }, { ...settings, signal })
    try {
      return read(answer, exchange)
    } catch (error) {
      if (isRepaired || !hasCode(error, 'IBKR_SSO_UNAUTHORIZED')) throw error
      const next = await replaceAccessToken(settings, { signal, replacing: accessToken })
      if (next === accessToken) throw error
      accessToken = next
    }
  }
}

/**
 * What tells an authority from others: who signs with which key, and for which scopes it has a token. With
 * other ones a session is asked for at once, although others hold back.
 */
export async function credentialsOf(
  { oauth2 }: EndpointSettings,
  signal: PlatformAbortSignal,
): Promise<readonly string[]> {
  const token: { readonly value: string; readonly scope?: unknown } = await oauth2.accessToken({
    signal,
  })
  const [header = '', claims = ''] = (await oauth2.signJwt({}, { expiresInSeconds: 60 })).split('.')
  return [header, issuerOf(claims), String(token.scope)]
}

/** Empty where the authority signs what is no JWS, as in tests. */
function issuerOf(claims: string): string {
  try {
    const text = new TextDecoder().decode(base64UrlToBytes(claims))
    return String(parseJsonObject(text)?.['iss'])
  } catch {
    return ''
  }
}

/** Makes the request; it is good for one use. */
export async function prepareExchange(
  settings: EndpointSettings,
  { path, claims: { claims, expiresInSeconds }, accessToken }: SessionCall,
): Promise<{ readonly request: PlatformRequest; readonly exchange: Exchange }> {
  const { oauth2, base, userAgent, now } = settings
  const body: unknown = await oauth2.signJwt(claims, { expiresInSeconds })
  if (!isTokenText(body)) return refuse('oauth2', body, 'a client whose signJwt() gives a JWS')
  const headers = new Headers({
    accept: 'application/json, application/problem+json',
    authorization: `Bearer ${accessToken}`,
    'content-type': 'application/jwt',
  })
  setUserAgent(headers, userAgent)
  const request = new Request(`${base.href}/gw/api/v1${path}`, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
  })
  const exchange = { settings, secrets: [accessToken, body], path, requestedAtMs: now() }
  return { request, exchange }
}

/** Reads the bearer from the answer to `/sso-sessions`. */
export function processSession(answer: ReceivedAnswer, exchange: Exchange): SsoBearer {
  const value = readBearer(read(answer, exchange))
  const { requestedAtMs: obtainedAtMs } = exchange
  return new BearerToken(value, { obtainedAtMs, expiresAtMs: obtainedAtMs + LIFE_MS })
}

/** Reads the link from the answer to `/sso-browser-sessions`: https, and of a host on the list. */
export function processBrowserSession(
  answer: ReceivedAnswer,
  exchange: Exchange,
  { hosts, actions }: LinkSettings,
): BrowserLink {
  const { fields, fieldError } = read(answer, exchange)
  const { settings, secrets, requestedAtMs } = exchange
  const text = fields['url']
  if (typeof text !== 'string' || text === '') throw fieldError('url', 'a link')
  const url = parseLink(text)
  if (url === undefined || !isAllowedLink(url, settings.base, hosts)) {
    const place = url && cleanText(`${url.protocol}//${url.host}`, 300, createEchoCheck(secrets))
    const where = place === undefined ? '' : ` It leads to ${place}.`
    const message = `The link that the service gave is not https, or of no host of the option linkHosts: it was not handed on.${where}`
    throw newError('LINK_REFUSED', message, { status: answer.status })
  }
  return issueLink(url, { requestedAtMs, now: settings.now, actions })
}

/** The likely cause of a refusal, and what to do; of `credential` and `ip` the one that the answer names. */
function describeCause(kind: RefusalKind, details: AnswerDetails, exchange: Exchange): string {
  const { title, detail, oauthError, invalidArguments = [] } = details
  const words = [title, detail, oauthError, ...invalidArguments.map(({ field }) => field)].join(' ')
  // The service read none of the members.
  if (/SIGNED_JWT/i.test(words)) return ` ${NO_JWS}`
  const isOfUser = /credential|user/i.test(words)
  const isOfAddress = /\bip\b|address|alternativeIps/i.test(words)
  const named = isOfUser === isOfAddress ? undefined : isOfUser ? USER : ADDRESS
  if (kind === 'FORBIDDEN') {
    const scope = `that the option scope of oauth2 asks for ${SCOPES[exchange.path]}, and that the broker granted it to this client`
    const isOfScope = /\bscopes?\b/i.test(words)
    return ` Check ${isOfScope ? scope : (named ?? `${scope}, then ${USER} and ${ADDRESS}`)}.`
  }
  if (kind === 'UNAUTHORIZED' || (kind === 'REFUSED' && details.status === 400)) {
    return ` Check ${named ?? `${USER} and ${ADDRESS}`}.`
  }
  return kind === 'REFUSED' ? describeBaseCause(exchange.settings.base) : ''
}

const NO_JWS =
  'The body did not reach the service as a signed JWT: check that signJwt() of oauth2 gives one, and that the option fetch, or a proxy between, leaves the body and the content type application/jwt as they are.'
const USER = 'credential (a user name of the broker that belongs to this client)'
const ADDRESS = 'ip (the address from which the session is used, as the internet sees it)'
const SCOPES = {
  '/sso-sessions': 'sso-sessions.write',
  '/sso-browser-sessions': 'sso-browser-sessions.write',
} as const

function read(answer: ReceivedAnswer, exchange: Exchange) {
  const { settings, secrets } = exchange
  const { now } = settings
  const { fields, fieldError } = readAnswer(answer, {
    now,
    secrets,
    newError,
    refusal: (kind, message, details) =>
      newError(kind, message + describeCause(kind, details, exchange), details),
  })
  const { active } = fields
  if (active !== undefined && active !== true) {
    const { status } = answer
    const message = 'The service says that the session is not active: ask for a new one.'
    throw newError('SESSION_INACTIVE', message, { status })
  }
  return { fields, fieldError }
}
