/**
 * What an application keeps of a login under way, in the session of the browser that started it.
 */
import { refuseOption } from '@isoauth/core-client'
import { newError } from './errors.ts'

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

/** Gives a copy, since the caller's may be emptied meanwhile; refuses what is no transaction. */
export function checkTransaction(value: unknown): UltraCartTransaction {
  const { stateDigest, redirectUri, expiresAtMs } = (value ?? {}) as Partial<UltraCartTransaction>
  const isDigest = typeof stateDigest === 'string' && /^[\w-]{43}$/.test(stateDigest)
  const isUri = typeof redirectUri === 'string' && redirectUri.length <= 8192
  const isTime = typeof expiresAtMs === 'number' && Math.abs(expiresAtMs) <= 8.64e15
  if (isDigest && isUri && isTime) return { stateDigest, redirectUri, expiresAtMs }
  const form =
    'the transaction that authorize gave, as the session of this browser keeps it: an object with stateDigest, redirectUri and expiresAtMs'
  return refuseOption(newError, 'transaction', value, form)
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
  return difference === 0
}

/** @internal The platform's WebCrypto, whose type not every program declares. */
export function webCrypto(): Crypto {
  const { crypto } = globalThis
  if (crypto?.subtle) return crypto
  const message =
    'This runtime gives no crypto.subtle. A page has it only over https or on this machine.'
  throw newError('WEBCRYPTO_UNAVAILABLE', message)
}

function base64Url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
