/** Browser links: each signs one user's browser in, once, within a minute, from one address. */

import { BoundedMap, ISSUED_LIMIT } from '../bounded-map.ts'
import { randomHex } from '../crypto/bytes.ts'
import type { SandboxUser } from '../ibkr-api/sign-in.ts'

export interface BrowserLink extends SandboxUser {
  /** The address of the user's computer. */
  readonly address: string
  readonly expiresAtMs: number
  used: boolean
}

/** How long a link can be opened, in milliseconds. */
const LINK_LIFETIME_MS = 60_000

export class BrowserLinks {
  readonly links: Map<string, BrowserLink> = new BoundedMap(ISSUED_LIMIT)

  /** The `SID` of a new link. */
  issue(user: SandboxUser, address: string, now: number): string {
    const sid = `SANDBOX${randomHex(24)}`
    const expiresAtMs = now + LINK_LIFETIME_MS
    this.links.set(sid, { ...user, address, expiresAtMs, used: false })
    return sid
  }

  find(sid: string): BrowserLink | undefined {
    return this.links.get(sid)
  }
}
