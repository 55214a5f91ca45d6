/**
 * What is signed: the client assertion (RFC 7523 section 3) and the bodies of gateway calls under
 * the broker's policy SIGNED_JWT.
 */
import { readSeconds } from '@isoauth/core-client'
import { bytesToBase64Url, randomBytes } from '@isoauth/core-crypto'
import { DAY, readOptions, type TokenSettings } from './settings.ts'

/** The assertion is dated back by so many seconds, for clocks that are a little ahead. */
const ISSUED_BEFORE = 10

/** What one assertion may have of its own. */
export interface AssertionChoices {
  /** Default: as `includeJti` says. */
  readonly jti?: string | undefined
  /** Puts off the end, so that two made within one second differ without a `jti`. Default: 0. */
  readonly extraSeconds?: number | undefined
}

/** Makes a client assertion; good for one use. */
export async function makeAssertion(
  settings: TokenSettings,
  { jti, extraSeconds = 0 }: AssertionChoices = {},
): Promise<string> {
  const { clientId, audience, assertionLifetimeSeconds, includeJti } = settings
  const now = nowSeconds(settings)
  const id = jti ?? (includeJti ? bytesToBase64Url(randomBytes(32)) : undefined)
  return await sign(settings, {
    iss: clientId,
    sub: clientId,
    aud: audience,
    exp: now + assertionLifetimeSeconds + extraSeconds,
    iat: now - ISSUED_BEFORE,
    ...(id !== undefined && { jti: id }),
  })
}

/** Makes a signed body: the caller's claims, then `iss`, `exp` and `iat`. */
export async function makeSignedBody(
  settings: TokenSettings,
  claims: unknown,
  options: { readonly expiresInSeconds?: number | undefined } = {},
): Promise<string> {
  const lifetime = readSeconds(readOptions(options), 'expiresInSeconds', 60, DAY)
  const members = readClaims(claims)
  const iat = nowSeconds(settings)
  return await sign(settings, { ...members, iss: settings.clientId, exp: iat + lifetime, iat })
}

async function sign({ keyId, signer }: TokenSettings, claims: object): Promise<string> {
  const header = { alg: 'RS256', typ: 'JWT', kid: keyId } as const
  return (await signer())(header, JSON.stringify(claims))
}

/** A copy of the claims as JSON knows them, made before the first wait. */
function readClaims(claims: unknown): object {
  const refuse = () =>
    readOptions({ claims }).refuse(
      'claims',
      'a JSON object without iss, iat and exp, which are set by the library, and without what JSON has no form for, such as a promise, a function or NaN',
    )
  if (!isFree(claims)) return refuse()
  let copy: unknown
  try {
    copy = JSON.parse(JSON.stringify(claims, (_name, value) => (hasForm(value) ? value : refuse())))
  } catch {
    // Told below: what JSON has no form for.
  }
  // Its toJSON may have added some.
  return isFree(copy) ? copy : refuse()
}

/** True for a JSON object without the claims that are set here. */
function isFree(claims: unknown): claims is object {
  return isJsonObject(claims) && !('iss' in claims || 'iat' in claims || 'exp' in claims)
}

/** What JSON would write as something else: NaN as null, a promise or a map as an object without members, a function not at all. */
function hasForm(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value === 'function' || typeof value === 'symbol') return false
  // What is undefined in a list is written as null.
  if (Array.isArray(value)) return !value.includes(undefined)
  return typeof value !== 'object' || value === null || isJsonObject(value)
}

/** By its tag: JSON writes a promise, a map or a form as an object without members, and nothing would tell so. */
function isJsonObject(value: unknown): value is object {
  return Object.prototype.toString.call(value) === '[object Object]'
}

function nowSeconds({ clock }: TokenSettings): number {
  return Math.floor(clock.nowMs() / 1000)
}
