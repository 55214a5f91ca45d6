/**
 * The settings, read from variables: secrets of the platform, or the environment of a process.
 */
import { type Bytes, base64UrlToBytes } from '@isoauth/core-crypto'
import type { IbkrOAuth1Options } from '@isoauth/ibkr-oauth1'
import { settingError } from './errors.ts'
import { isLoopbackUrl, requireSafeUpstream } from './upstream/safe-upstream.ts'

/** Variables by name, as the platform gives them; values that are no text are not read. */
export type Variables = Readonly<Record<string, unknown>>

/** Who a person is, by a token that the platform signs and puts on each request. */
export interface IdentityTokenSettings {
  readonly kind: 'identity-token'
  /** The request header that carries the token. */
  readonly header: string
  readonly issuer: string
  readonly audience: string
  readonly jwksUrl: URL
  /** `email` or `sub` of those who may sign in; empty for all whom the platform lets through. */
  readonly people: readonly string[]
}

/** One code for whoever sits at this machine; for a loopback upstream only. */
export interface DevelopmentSettings {
  readonly kind: 'development'
  readonly code: string
}

export interface EdgeSettings {
  /** The origin of the page. */
  readonly origin: string
  readonly ibkr: IbkrOAuth1Options & { readonly baseUrl: string }
  readonly signIn: IdentityTokenSettings | DevelopmentSettings
  /** 32 bytes each: the first seals cookies, each opens them. */
  readonly cookieKeys: readonly Bytes[]
  /** Whether the Worker keeps a brokerage session, and whether it takes the one of another platform. */
  readonly keepSession: 'leave' | 'compete' | undefined
  /** 32 bytes each, for the live session token in its store; empty where nothing is stored. */
  readonly storeKeys: readonly Bytes[]
}

const OAUTH1 = 'ISOAUTH_IBKR_OAUTH1_'
const EDGE = 'ISOAUTH_EDGE_'
/** The header of Cloudflare Access. */
const IDENTITY_HEADER = 'cf-access-jwt-assertion'
/** 16 random bytes in base64url: nobody guesses that. */
const LEAST_CODE_LENGTH = 22

/**
 * Reads and checks all settings.
 *
 * @throws EdgeError `EDGE_OPTION_INVALID` with the variable in `option`; `EDGE_UPSTREAM_REFUSED`
 */
export function readSettings(variables: Variables): EdgeSettings {
  const optional = (name: string) => optionalText(variables, name)
  const required = (name: string, form: string) => optional(name) ?? refuseSetting(name, form)
  const realm = optional(`${OAUTH1}REALM`)
  const settings: EdgeSettings = {
    origin: readOrigin(required(`${EDGE}ORIGIN`, ORIGIN_FORM)),
    ibkr: {
      baseUrl: optional(`${OAUTH1}BASE_URL`) ?? 'https://api.ibkr.com/v1/api',
      consumerKey: required(`${OAUTH1}CONSUMER_KEY`, 'the consumer key, as the portal shows it'),
      accessToken: required(`${OAUTH1}ACCESS_TOKEN`, 'the access token, as the portal shows it'),
      accessTokenSecret: required(
        `${OAUTH1}ACCESS_TOKEN_SECRET`,
        'the encrypted access token secret, as the portal shows it',
      ),
      signatureKey: required(`${OAUTH1}SIGNATURE_KEY`, 'the text of the PEM file for signatures'),
      encryptionKey: required(`${OAUTH1}ENCRYPTION_KEY`, 'the text of the PEM file for encryption'),
      dhParameters: required(`${OAUTH1}DH_PARAMETERS`, 'the text of the DH parameters PEM file'),
      ...(realm !== undefined && { realm }),
    },
    signIn: readSignIn(optional, required),
    cookieKeys: readKeys(`${EDGE}COOKIE_KEY`, required(`${EDGE}COOKIE_KEY`, KEY_FORM)),
    storeKeys: readKeys(`${EDGE}STORE_KEY`, optional(`${EDGE}STORE_KEY`)),
    keepSession: readKeepSession(optional(`${EDGE}KEEP_SESSION`)),
  }
  requireSafeUpstream(settings)
  return settings
}

const ORIGIN_FORM = 'the origin of the page: https://host (http on loopback), without a path'
const KEY_FORM = '32 random bytes in base64url (several: separated by blanks, the newest first)'

function readOrigin(text: string): string {
  const url = parseUrl(text)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackUrl(url))
  if (url === undefined || !isSafe || url.origin !== text) {
    return refuseSetting(`${EDGE}ORIGIN`, ORIGIN_FORM)
  }
  return text
}

function readSignIn(
  optional: (name: string) => string | undefined,
  required: (name: string, form: string) => string,
): EdgeSettings['signIn'] {
  const issuer = optional(`${EDGE}IDENTITY_ISSUER`)
  const code = optional(`${EDGE}DEVELOPMENT_CODE`)
  if (issuer === undefined) {
    if (code !== undefined && /^[\w-]+$/.test(code) && code.length >= LEAST_CODE_LENGTH) {
      return { kind: 'development', code }
    }
    if (code === undefined && optional(`${EDGE}IDENTITY_AUDIENCE`) === undefined) {
      const form = `the issuer of the platform's identity tokens; or, for a loopback upstream, set ${EDGE}DEVELOPMENT_CODE`
      return refuseSetting(`${EDGE}IDENTITY_ISSUER`, form)
    }
    return code === undefined
      ? refuseSetting(`${EDGE}IDENTITY_ISSUER`, "the issuer of the platform's identity tokens")
      : refuseSetting(`${EDGE}DEVELOPMENT_CODE`, '22 or more letters, digits, "-" and "_"')
  }
  if (code !== undefined) {
    return refuseSetting(`${EDGE}DEVELOPMENT_CODE`, `left out where ${EDGE}IDENTITY_ISSUER is set`)
  }
  const jwksForm = 'the https URL of the keys that sign identity tokens'
  const jwksUrl = parseUrl(required(`${EDGE}IDENTITY_JWKS_URL`, jwksForm))
  const header = optional(`${EDGE}IDENTITY_HEADER`) ?? IDENTITY_HEADER
  if (jwksUrl === undefined || !(jwksUrl.protocol === 'https:' || isLoopbackUrl(jwksUrl))) {
    return refuseSetting(`${EDGE}IDENTITY_JWKS_URL`, jwksForm)
  }
  if (!/^[a-z][a-z\d-]*$/i.test(header)) {
    return refuseSetting(`${EDGE}IDENTITY_HEADER`, 'the name of a request header')
  }
  return {
    kind: 'identity-token',
    header,
    issuer,
    audience: required(`${EDGE}IDENTITY_AUDIENCE`, 'the audience of the identity tokens'),
    jwksUrl,
    people: (optional(`${EDGE}IDENTITY_PEOPLE`) ?? '').split(/[\s,]+/).filter(Boolean),
  }
}

function readKeepSession(text: string | undefined): EdgeSettings['keepSession'] {
  if (text === undefined || text === 'leave' || text === 'compete') return text
  return refuseSetting(
    `${EDGE}KEEP_SESSION`,
    '"leave", which leaves TWS and the phone app alone, or "compete", which ends their session',
  )
}

/** Keys of 32 bytes, separated by blanks: the first is used, the others still open what is old. */
function readKeys(name: string, text: string | undefined): readonly Bytes[] {
  if (text === undefined) return []
  return text.split(/\s+/).map((part) => {
    if (!/^[\w-]{43}$/.test(part)) return refuseSetting(name, KEY_FORM)
    return base64UrlToBytes(part)
  })
}

/** The text of a variable without blanks around it; a blank one is as none. */
export function optionalText(variables: Variables, name: string): string | undefined {
  const value = variables[name]
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' ? undefined : text
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

function refuseSetting(option: string, form: string): never {
  throw settingError(option, form)
}
