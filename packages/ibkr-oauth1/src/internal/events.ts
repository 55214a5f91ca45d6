/**
 * What a client tells about its work; nothing in it is secret.
 */
import type { TokenSourceEvent } from '@isoauth/core-client'

/** A step of the handshake that was done, told with its time. */
export type HandshakeStep =
  | 'secret-decrypted'
  | 'challenge-computed'
  | 'request-signed'
  | 'answer-received'
  | 'shared-secret-computed'
  | 'token-verified'

/** What is told to `onEvent`. */
export type IbkrOAuth1Event =
  /** A step of the handshake is done; the time since the step before it, in milliseconds. */
  | { readonly type: 'handshake'; readonly step: HandshakeStep; readonly durationMs: number }
  /** A 401 showed this clock to be behind the server's (negative: ahead) by so many milliseconds. */
  | { readonly type: 'clock-repaired'; readonly differenceMs: number }
  /** A renewal after a 401 failed; the 401 itself was returned. */
  | { readonly type: 'renewal-failed'; readonly code: string | undefined }
  /** The live session token was renewed, or renewed early in vain; the store or the lock failed. */
  | TokenSourceEvent
