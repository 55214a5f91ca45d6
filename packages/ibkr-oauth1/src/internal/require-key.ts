/**
 * A first look at a key that was given.
 */
import { refuse } from './raise.ts'

/** Refuses what can be no key at all; the rest shows when it is imported. */
export function requireKey(option: string, key: unknown): void {
  const isThere = typeof key === 'string' ? key.trim() : Object(key) === key
  if (!isThere) {
    refuse(option, 'an RSA private key: PEM of openssl genrsa 2048')
  }
}
