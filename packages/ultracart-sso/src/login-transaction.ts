/**
 * What an application keeps of a login under way, in the session of the browser that started it.
 */

import { isText } from './internal/forms.ts'
import { raise, refuse } from './internal/raise.ts'

/**
 * A login under way: plain data, fit for JSON. It holds no secret, yet it binds the callback to a
 * browser only while nobody can put another one in its place: keep it in a session on the server or
 * in a sealed cookie, and take it out once.
 */
export interface UltraCartTransaction {
  /** SHA-256 of the state, base64url: 43 characters. The state itself is only in the login URL. */
  readonly stateDigest: string
  /** The redirect URI that the login was started with. */
  readonly redirectUri: string
  /** The login must be done by then, in milliseconds since 1970. */
  readonly expiresAtMs: number
}

/** Refuses what is no transaction. */
export function checkTransaction(value: unknown): UltraCartTransaction {
  const { stateDigest, redirectUri, expiresAtMs } = Object(value)
  const isDigest = isText(stateDigest) && /^[\w-]{43}$/.test(stateDigest)
  if (isDigest && isText(redirectUri) && Number.isFinite(expiresAtMs)) {
    return value as UltraCartTransaction
  }
  return refuse('transaction', 'from authorize')
}

/** 256 random bits, base64url: 43 characters. */
export function randomState(): string {
  return base64Url(webCrypto().getRandomValues(new Uint8Array(32)))
}

/** SHA-256 of a text, base64url: 43 characters. */
export async function digestOf(text: string): Promise<string> {
  const digest = await webCrypto().subtle.digest('SHA-256', new TextEncoder().encode(text))
  return base64Url(new Uint8Array(digest))
}

/** Compares digests, reading every character whatever the first difference is. */
export function isSameDigest(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return !difference
}

function base64Url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replace(/\W/g, (sign) => '-_'['+/='.indexOf(sign)] ?? '')
}

function webCrypto(): Crypto {
  const { crypto } = globalThis
  if (crypto?.subtle) return crypto
  throw raise('WEBCRYPTO_UNAVAILABLE', 'crypto.subtle needs https.')
}
