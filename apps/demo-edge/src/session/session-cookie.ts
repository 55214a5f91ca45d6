/**
 * The session cookie: an encrypted JWT (RFC 7519, RFC 7516: `dir`, `A256GCM`), so that it can be
 * neither made nor read without a key. It lasts an hour at most, and never longer than the proof
 * of who the person is.
 */
import { bytesToBase64Url, hmacSha256, utf8ToBytes } from '@isoauth/core-crypto'
import { EncryptJWT, jwtDecrypt } from 'jose'
import { refusal } from '../errors.ts'
import type { Person, Session } from './session.ts'

/** The prefix makes browsers take it only with Secure, for this host alone and the whole of it. */
export const COOKIE_NAME = '__Host-isoauth-edge'

const TYPE = 'isoauth-edge-session'
const LIFETIME_MS = 3_600_000
/** No cookie of ours is longer; nothing longer is decrypted. */
const LONGEST = 4096

export interface SessionCookie {
  /** A `Set-Cookie` value for a person whose identity was checked, and the session that it holds. */
  issue(person: Person): Promise<{ readonly setCookie: string; readonly session: Session }>
  /**
   * The session of a request.
   * @throws EdgeError `EDGE_SESSION_INVALID` for none, a forged one, an old one, or several
   */
  read(request: Request): Promise<Session>
  /** A `Set-Cookie` value that removes it. */
  readonly clear: string
}

/** Makes and reads cookies; the first key seals, each opens. */
export function createSessionCookie(options: {
  readonly keys: readonly Uint8Array[]
  /** Issuer and audience: the cookie of another deployment does not open, even under the same key. */
  readonly origin: string
  readonly now: () => number
}): SessionCookie {
  const { origin, now } = options
  const keys = new Map(options.keys.map((key) => [keyId(key), key]))
  const [newest] = keys
  if (newest === undefined) throw new TypeError('keys: one key at least')
  const [newestId, newestKey] = newest

  return {
    clear: cookie('', 0),
    async issue({ subject, name, provenUntilMs = Number.POSITIVE_INFINITY }) {
      const nowMs = now()
      const expiresAtMs = Math.min(nowMs + LIFETIME_MS, provenUntilMs)
      const text = await new EncryptJWT({ name })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: newestId, typ: TYPE })
        .setSubject(subject)
        .setIssuer(origin)
        .setAudience(origin)
        .setJti(crypto.randomUUID())
        .setIssuedAt(new Date(nowMs))
        .setExpirationTime(new Date(expiresAtMs))
        .encrypt(newestKey)
      const maxAge = Math.max(0, Math.floor((expiresAtMs - nowMs) / 1000))
      return { setCookie: cookie(text, maxAge), session: { subject, name, expiresAtMs } }
    },
    async read(request) {
      const text = onlyCookie(request.headers.get('cookie'))
      if (text === undefined || text.length > LONGEST) throw invalidSession()
      const opened = await jwtDecrypt(text, ({ kid = '' }) => keys.get(kid) ?? refuseKey(), {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        typ: TYPE,
        issuer: origin,
        audience: origin,
        requiredClaims: ['sub', 'jti', 'iat', 'exp'],
        currentDate: new Date(now()),
      }).catch(() => undefined)
      const { sub, name, exp } = opened?.payload ?? {}
      if (sub === undefined || typeof name !== 'string' || exp === undefined) {
        throw invalidSession()
      }
      return { subject: sub, name, expiresAtMs: exp * 1000 }
    },
  }
}

function cookie(value: string, maxAge: number): string {
  return `${COOKIE_NAME}=${value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=${maxAge}`
}

/** The cookie's value, where it came once: of two, one was planted. */
function onlyCookie(header: string | null): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${COOKIE_NAME}=`))
  return values.length === 1 ? values[0]?.slice(COOKIE_NAME.length + 1) : undefined
}

/** Tells one key from another, and nothing about it. */
function keyId(key: Uint8Array): string {
  return bytesToBase64Url(hmacSha256(key, utf8ToBytes('isoauth-edge key id')).slice(0, 6))
}

function refuseKey(): never {
  throw new Error('no such key')
}

function invalidSession() {
  return refusal('EDGE_SESSION_INVALID', 401, 'Not signed in, or no longer: sign in again.')
}
