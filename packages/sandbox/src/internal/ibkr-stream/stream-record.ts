/** What the sandbox remembers of each socket. */

export interface SocketRecord {
  /** Counts from 1. */
  readonly id: number
  readonly username: string
  readonly openedAtMs: number
  /** `null` while it is open. */
  closedAtMs: number | null
  /** As the client sees it (RFC 6455 section 7.4): 1006 for a line that was cut; `null` while open. */
  closeCode: number | null
  /** How it was bound to the session; `null` while it is not. */
  login: 'cookie' | 'first-frame' | null
  /** Whether the upgrade had a `Cookie` header. */
  readonly hadCookie: boolean
  readonly userAgent: string | null
  /** `md+265598`, `or`, …: what it is subscribed to, at its end what it was. */
  subscriptions: string[]
  /** Frames of the client, newest last, heartbeats left out; of session ids only the length. */
  readonly frames: { readonly atMs: number; readonly text: string }[]
  /** Heartbeats (`tic`) that came. */
  heartbeats: number
}

const FRAMES_KEPT = 1000
const TEXT_LIMIT = 1024

/** @internal */
export function noteFrame(record: SocketRecord, atMs: number, text: string): void {
  if (text === 'tic') {
    record.heartbeats++
    return
  }
  const shown = text.replace(
    /("session"\s*:\s*")([^"]*)/g,
    (_all, name: string, id: string) => `${name}(${id.length} characters)`,
  )
  record.frames.push({ atMs, text: shown.slice(0, TEXT_LIMIT) })
  if (record.frames.length > FRAMES_KEPT) record.frames.shift()
}
