/**
 * The options, checked when given; the key is imported once, at first use.
 */
import {
  type BaseUrl,
  durationMs,
  type FetchFunction,
  optionalFunction,
  parseBaseUrl,
  refuseOption,
  requireText,
  requireUserAgent,
} from '@isoauth/core-client'
import type { SigningKey } from '@isoauth/core-crypto'
import { raise } from './raise.ts'
import { checkKeyKind, importSigner, type JwsSigner } from './signing-key.ts'

/** Who asks for a token, for what, and where. */
export interface TokenOptions {
  /** The client id that the broker gave. */
  readonly clientId: string
  /** The key id (`kid`) agreed with the broker, often `main`. */
  readonly keyId: string
  /** The RSA private key whose public half is registered, or a function that signs (KMS, HSM). */
  readonly privateKey: SigningKey
  /** What to ask for: scopes separated by blanks, or an array of them. */
  readonly scope: string | readonly string[]
  /** The assertion's `aud`. Default: the literal `/token`. */
  readonly audience?: string | undefined
  /** Default: `https://api.ibkr.com`. */
  readonly baseUrl?: string | undefined
  /** Default: `/oauth2/api/v1/token`. */
  readonly tokenPath?: string | undefined
  /** Seconds from now to the assertion's `exp`: 1 to 300. Default: 20. */
  readonly assertionLifetimeSeconds?: number | undefined
  /** Adds a `jti`, new for each assertion. Default: false. */
  readonly includeJti?: boolean | undefined
  /** Adds `client_id` to the form. Default: false. */
  readonly includeClientId?: boolean | undefined
  /** The life of a token whose answer does not tell it, in seconds. Default: 300. */
  readonly fallbackLifetimeSeconds?: number | undefined
  /** For tests: takes keys from 2048 bits, which the broker does not. Default: false. */
  readonly allowWeakKey?: boolean | undefined
  /** Sent outside of browsers; the broker's edge refuses requests without one. Default: `isoauth`. */
  readonly userAgent?: string | undefined
}

/** How requests are sent. */
export interface SendOptions {
  /** Used like the platform's `fetch`, which is the default. */
  readonly fetch?: FetchFunction | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Milliseconds for a whole token or echo call, or until the headers of other answers. Default: 20000. */
  readonly timeoutMs?: number | undefined
}

/** Checked {@link TokenOptions}. */
export interface Settings {
  readonly clientId: string
  readonly keyId: string
  readonly scopes: readonly string[]
  readonly audience: string
  readonly base: BaseUrl
  readonly tokenUrl: string
  readonly assertionLifetimeSeconds: number
  readonly includeJti: boolean
  readonly includeClientId: boolean
  readonly fallbackLifetimeSeconds: number
  readonly userAgent: string
  /** The key, imported at first use, before anything is sent. */
  signer(): Promise<JwsSigner>
}

type TextOption = 'clientId' | 'keyId' | 'audience'

/** Checks {@link TokenOptions}. */
export function checkSettings(options: TokenOptions): Settings {
  const text = (option: TextOption, form: string, fallback?: string) => {
    const { [option]: value = fallback } = options
    return requireText(raise, option, value, form)
  }
  const { privateKey, baseUrl = 'https://api.ibkr.com', allowWeakKey } = options
  const { assertionLifetimeSeconds = 20, fallbackLifetimeSeconds = 300 } = options
  const base = parseBaseUrl(raise, 'baseUrl', baseUrl)
  checkKeyKind(privateKey)
  const isWeakAllowed = flag('allowWeakKey', allowWeakKey)
  let signer: Promise<JwsSigner> | undefined
  return {
    clientId: text('clientId', 'the client id that the broker gave, without blanks'),
    keyId: text('keyId', "the key id agreed with the broker, such as 'main'"),
    scopes: readScopes(options.scope),
    audience: text('audience', "'/token' or the URL of the token endpoint", '/token'),
    base,
    tokenUrl: base.href + readPath(options.tokenPath),
    assertionLifetimeSeconds: seconds('assertionLifetimeSeconds', assertionLifetimeSeconds, 300),
    includeJti: flag('includeJti', options.includeJti),
    includeClientId: flag('includeClientId', options.includeClientId),
    fallbackLifetimeSeconds: seconds('fallbackLifetimeSeconds', fallbackLifetimeSeconds, DAY),
    userAgent: requireUserAgent(raise, options.userAgent),
    signer() {
      signer ??= importSigner(privateKey, isWeakAllowed)
      return signer
    },
  }
}

/** Checks {@link SendOptions}. */
export function checkSending(options: SendOptions): {
  readonly fetch: FetchFunction | undefined
  readonly now: () => number
  readonly timeoutMs: number
} {
  return {
    fetch: optionalFunction(raise, 'fetch', options.fetch),
    now: optionalFunction(raise, 'now', options.now) ?? Date.now,
    timeoutMs: durationMs(raise, 'timeoutMs', options.timeoutMs, 20_000),
  }
}

/** A day, in seconds: the longest life of anything signed here. */
export const DAY = 86_400

/** Whole seconds from 1 to a limit. */
export function seconds(option: string, value: unknown, limit: number): number {
  if (Number.isInteger(value) && (value as number) > 0 && (value as number) <= limit) {
    return value as number
  }
  const form = `whole seconds from 1 to ${limit}`
  return refuseOption(raise, option, value, form)
}

function flag(option: string, value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true
  return refuseOption(raise, option, value, 'true or false')
}

/** Scopes as RFC 6749 section 3.3 writes them: visible ASCII without quote and backslash. */
function readScopes(value: unknown): readonly string[] {
  const scopes: readonly unknown[] = typeof value === 'string' ? value.split(' ') : asArray(value)
  const isGood = scopes.every((scope) => typeof scope === 'string' && /^[!#-[\]-~]+$/.test(scope))
  if (isGood && scopes.length > 0) return [...new Set(scopes as string[])]
  return refuseOption(
    raise,
    'scope',
    value,
    "scopes separated by one blank, or an array of them, such as 'sso-sessions.write'",
  )
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function readPath(path: unknown = '/oauth2/api/v1/token'): string {
  if (typeof path === 'string' && /^(\/\w[\w.~-]*)+$/.test(path)) return path
  return refuseOption(raise, 'tokenPath', path, "a path like '/oauth2/token'")
}
