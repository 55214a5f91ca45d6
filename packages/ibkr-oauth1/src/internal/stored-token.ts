/**
 * A live session token as text, for the store.
 */
import { parseJsonObject } from '@isoauth/core-client'
import { base64ToBytes, bytesToBase64 } from '@isoauth/core-crypto'
import { LiveSessionToken } from '../session-token.ts'

/** Writes a token with its times. */
export function serializeToken({ token, expiresAtMs, obtainedAtMs }: LiveSessionToken): string {
  return JSON.stringify({ token: bytesToBase64(token), expiresAtMs, obtainedAtMs })
}

/** Reads what {@link serializeToken} wrote; undefined for anything else. */
export function deserializeToken(text: string): LiveSessionToken | undefined {
  const { token, expiresAtMs, obtainedAtMs } = parseJsonObject(text) ?? {}
  if (typeof expiresAtMs !== 'number' || typeof obtainedAtMs !== 'number') return undefined
  // 20 bytes are 28 characters of base64.
  if (typeof token !== 'string' || !/^[A-Za-z0-9+/]{27}=$/.test(token)) return undefined
  return new LiveSessionToken(base64ToBytes(token), expiresAtMs, obtainedAtMs)
}
