/**
 * The options, checked when given; the key is imported once, at first use.
 */
import {
  type BaseUrl,
  type Clock,
  copyKey,
  createClock,
  createOptionReader,
  type FetchFunction,
  followSigner,
  type OptionReader,
  readFlag,
  readNow,
  readSeconds,
  readText,
  readUrl,
  readUserAgent,
} from '@isoauth/core-client'
import type { SigningKey } from '@isoauth/core-crypto'
import { newError } from './errors.ts'
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

/** Checked {@link TokenOptions}, with the clock of the client. */
export interface TokenSettings {
  readonly newError: typeof newError
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
  readonly now: () => number
  readonly clock: Clock
  /** The key, imported at first use, before anything is sent. */
  signer(): Promise<JwsSigner>
}

/** A day, in seconds: the longest life of anything signed here. */
export const DAY = 86_400

/** Makes the reader of this package's options. */
export function readOptions<O extends object>(options: O): OptionReader<O> {
  return createOptionReader(options, newError)
}

/** Checks {@link TokenOptions} and the option `now`. */
export function checkToken(
  options: TokenOptions & { readonly now?: (() => number) | undefined },
): TokenSettings {
  const read = readOptions(options)
  const followed = followSigner(copyKey(read.value('privateKey')), 'privateKey', newError)
  const base = readUrl(read, 'baseUrl', 'https://api.ibkr.com')
  checkKeyKind(followed.key)
  const isWeakAllowed = readFlag(read, 'allowWeakKey')
  const now = readNow(read)
  let signer: Promise<JwsSigner> | undefined
  return {
    newError: followed.newError,
    clientId: readText(read, 'clientId', 'the client id that the broker gave'),
    keyId: readText(read, 'keyId', "the key id agreed with the broker, such as 'main'"),
    scopes: readScopes(read),
    audience: readText(read, 'audience', "'/token' or the URL of the token endpoint", '/token'),
    base,
    tokenUrl: base.href + readPath(read),
    assertionLifetimeSeconds: readSeconds(read, 'assertionLifetimeSeconds', 20, 300),
    includeJti: readFlag(read, 'includeJti'),
    includeClientId: readFlag(read, 'includeClientId'),
    fallbackLifetimeSeconds: readSeconds(read, 'fallbackLifetimeSeconds', 300, DAY),
    userAgent: readUserAgent(read),
    now,
    clock: createClock(now),
    signer() {
      signer ??= importSigner(followed.key, isWeakAllowed)
      return signer
    },
  }
}

/**
 * What tells these credentials from others of the same client. The signature over a fixed text, which is no
 * JWT, stands for the key, which cannot be read where it is not extractable.
 */
export async function credentialsOf({
  signer,
  keyId,
  audience,
}: TokenSettings): Promise<readonly string[]> {
  const sign = await signer()
  const jws = await sign({ alg: 'RS256', typ: 'JWT', kid: keyId }, 'isoauth: which key is this?')
  return [jws, audience]
}

/** Scopes as RFC 6749 section 3.3 writes them: visible ASCII without quote and backslash. */
function readScopes(read: OptionReader<TokenOptions>): readonly string[] {
  const value: unknown = read.value('scope')
  const given = typeof value === 'string' ? value.split(' ') : value
  const scopes: readonly unknown[] = Array.isArray(given) ? [...given] : []
  const isGood = scopes.every((scope) => typeof scope === 'string' && /^[!#-[\]-~]+$/.test(scope))
  if (isGood && scopes.length > 0) return [...new Set(scopes as string[])]
  return read.refuse(
    'scope',
    "scopes separated by one blank, or an array of them, such as 'sso-sessions.write'",
  )
}

function readPath(read: OptionReader<TokenOptions>): string {
  const path: unknown = read.value('tokenPath')
  if (path === undefined) return '/oauth2/api/v1/token'
  if (typeof path === 'string' && /^(\/\w[\w.~-]*)+$/.test(path)) return path
  return read.refuse('tokenPath', "a path like '/oauth2/token'")
}
