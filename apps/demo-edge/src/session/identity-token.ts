/**
 * Who a person is, by the identity token that the platform put on the request (Cloudflare Access and
 * the like): a JWT whose signature, issuer, audience and times are checked against the platform's keys.
 */
import { createRemoteJWKSet, customFetch, type JWTPayload, jwtVerify } from 'jose'
import { refusal } from '../errors.ts'
import type { IdentityTokenSettings } from '../settings.ts'
import type { Person } from './session.ts'

/** Signatures by a key pair only: whoever knows the public keys must not be able to sign. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']
const CLOCK_TOLERANCE_SECONDS = 5

/** Checks who sent a request. */
export type CheckPerson = (request: Request) => Promise<Person>

export function createIdentityTokenCheck(
  settings: IdentityTokenSettings,
  { fetch, now }: { readonly fetch?: typeof globalThis.fetch | undefined; now: () => number },
): CheckPerson {
  const { issuer, audience, header, jwksUrl, people } = settings
  const keys = createRemoteJWKSet(jwksUrl, fetch && { [customFetch]: fetch })
  return async (request) => {
    const token = request.headers.get(header)
    if (token === null) throw notProven(`it came without the header ${header}`)
    const verified = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['sub', 'exp', 'iat'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now()),
    }).catch((error: unknown) => {
      const { code = 'unreadable' } = Object(error) as { code?: string }
      throw notProven(`its identity token was refused (${code})`)
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
