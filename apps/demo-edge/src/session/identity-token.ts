/**
 * Who a person is, by the identity token that the platform put on the request (Cloudflare Access and
 * the like): a JWT whose signature, issuer, audience and times are checked against the platform's keys.
 */
import {
  createRemoteJWKSet,
  customFetch,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { EdgeError, refusal } from '../errors.ts'
import type { IdentityTokenSettings } from '../settings.ts'
import type { Person } from './session.ts'

/** Signatures by a key pair only: whoever knows the public keys must not be able to sign. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']
const CLOCK_TOLERANCE_SECONDS = 5
/** What the token is to blame for where no key is found; all else is that the keys were not had. */
const NO_KEY_FITS = [
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
  'ERR_JOSE_NOT_SUPPORTED',
]

/** Checks who sent a request. */
export type CheckPerson = (request: Request) => Promise<Person>

export function createIdentityTokenCheck(
  settings: IdentityTokenSettings,
  { fetch, now }: { readonly fetch?: typeof globalThis.fetch | undefined; now: () => number },
): CheckPerson {
  const { issuer, audience, header, jwksUrl, people } = settings
  const keys = createRemoteJWKSet(jwksUrl, fetch && { [customFetch]: fetch })
  const findKey: JWTVerifyGetKey = (head, jws) =>
    keys(head, jws).catch((error: unknown) => {
      const { code = 'no answer' } = Object(error) as { code?: string }
      throw NO_KEY_FITS.includes(code) ? error : keysNotHad(code)
    })
  return async (request) => {
    const token = request.headers.get(header)
    if (token === null) throw notProven(`it came without the header ${header}`)
    const verified = await jwtVerify(token, findKey, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['sub', 'exp', 'iat'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now()),
    }).catch((error: unknown) => {
      if (error instanceof EdgeError) throw error
      const { code = 'unreadable', claim } = Object(error) as { code?: string; claim?: string }
      const told = claim === undefined ? code : `${code}, ${claim}`
      throw notProven(`its identity token was refused (${told})`)
    })
    return personOf(verified.payload, people)
  }
}

function personOf({ sub = '', email, exp = 0 }: JWTPayload, people: readonly string[]): Person {
  // Tokens of programs have an empty subject.
  if (sub === '') throw notProven('its identity token names no person')
  const name = typeof email === 'string' ? email : sub
  if (people.length > 0 && !people.includes(name) && !people.includes(sub)) {
    throw refusal('EDGE_SIGN_IN_REFUSED', 403, 'This person is not on the list of people.')
  }
  return { subject: sub, name, provenUntilMs: exp * 1000 }
}

function notProven(reason: string) {
  return refusal('EDGE_SIGN_IN_REFUSED', 403, `The request does not prove who sent it: ${reason}.`)
}

function keysNotHad(reason: string) {
  return refusal(
    'EDGE_IDENTITY_KEYS_FAILED',
    502,
    `The keys that sign identity tokens could not be had (${reason}): check ISOAUTH_EDGE_IDENTITY_JWKS_URL, and whether the edge reaches it.`,
  )
}
