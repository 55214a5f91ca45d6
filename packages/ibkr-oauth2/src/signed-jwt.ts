/**
 * What is signed: the client assertion (RFC 7523 section 3) and the bodies of gateway calls under
 * the broker's policy SIGNED_JWT.
 */
import { type Clock, refuseOption } from '@isoauth/core-client'
import { bytesToBase64Url, randomBytes } from '@isoauth/core-crypto'
import { raise } from './internal/raise.ts'
import { DAY, type Settings, seconds } from './internal/settings.ts'

/** The assertion is dated back by so many seconds, for clocks that are a little ahead. */
const ISSUED_BEFORE = 10

/**
 * Makes a client assertion; good for one use.
 *
 * @param extraSeconds - put off the end, so that two made within one second differ without a `jti`
 */
export async function makeAssertion(
  settings: Settings,
  clock: Clock,
  jti?: string | undefined,
  extraSeconds: number = 0,
): Promise<string> {
  const { clientId, audience, assertionLifetimeSeconds, includeJti } = settings
  const now = nowSeconds(clock)
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
  settings: Settings,
  clock: Clock,
  claims: unknown,
  expiresInSeconds: unknown = 60,
): Promise<string> {
  const lifetime = seconds('expiresInSeconds', expiresInSeconds, DAY)
  const members = readClaims(claims)
  const iat = nowSeconds(clock)
  return await sign(settings, { ...members, iss: settings.clientId, exp: iat + lifetime, iat })
}

async function sign({ keyId, signer }: Settings, claims: object): Promise<string> {
  const header = { alg: 'RS256', typ: 'JWT', kid: keyId } as const
  return (await signer())(header, JSON.stringify(claims))
}

/** A copy of the claims as JSON knows them, made before the first wait. */
function readClaims(claims: unknown): object {
  const form = 'a JSON object without iss, iat and exp, which are set by the library'
  const found = Array.isArray(claims) || claims === null ? undefined : claims
  if (typeof found !== 'object') return refuseOption(raise, 'claims', claims, form)
  if ('iss' in found || 'iat' in found || 'exp' in found) {
    refuseOption(raise, 'claims', claims, form)
  }
  try {
    return JSON.parse(JSON.stringify(found)) as object
  } catch {
    return refuseOption(raise, 'claims', claims, form)
  }
}

function nowSeconds(clock: Clock): number {
  return Math.floor(clock.nowMs() / 1000)
}
