/** Memory of what was used: `jti` values, and whole assertions without one (RFC 7523 section 3). */
import { type Call, check } from '../call.ts'
import type { Jws } from './jws.ts'

const LIMIT = 1_000_000

export class UsedJwts {
  /** What was used, each with the time from which it has expired and may be forgotten. */
  readonly used: Map<string, number> = new Map()

  /** Takes a key once; `false` when it was taken before. */
  take(key: string, expiresAtMs: number, now: number): boolean {
    for (const [old, forgetAt] of this.used) {
      if (forgetAt > now && this.used.size < LIMIT) break
      this.used.delete(old)
    }
    if (this.used.has(key)) return false
    this.used.set(key, expiresAtMs)
    return true
  }
}

/** `jti`, where it is given: text that this client did not use before. */
export function checkJti(
  call: Call,
  {
    used,
    jws: { claims },
    expiresAtMs,
    refuse,
  }: {
    readonly used: UsedJwts
    readonly jws: Jws
    readonly expiresAtMs: number
    readonly refuse: () => Response
  },
): void {
  const { jti } = claims
  if (jti === undefined) return
  check(call, typeof jti === 'string' && jti !== '', {
    name: 'jti',
    detail: 'jti has to be non-empty text',
    refuse,
  })
  const fresh = used.take(`jti ${jti}`, expiresAtMs, call.now)
  check(call, fresh, { name: 'jti', detail: 'it may not have been used before', refuse })
}
