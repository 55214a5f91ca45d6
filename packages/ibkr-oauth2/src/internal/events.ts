/**
 * What a client tells about its work; nothing in it is secret.
 */
import type { TokenSourceEvent } from '@isoauth/core-client'

/** What is told to `onEvent`. */
export type IbkrOAuth2Event =
  /** Fewer scopes were granted than asked for; calls that need the others will get 403. */
  | {
      readonly type: 'scope-reduced'
      readonly granted: string
      readonly missing: readonly string[]
    }
  /** This clock was found to be behind the server's (negative: ahead) by so many milliseconds. */
  | { readonly type: 'clock-repaired'; readonly differenceMs: number }
  /** A renewal after a 401 failed; the 401 itself was returned. */
  | { readonly type: 'renewal-failed'; readonly code: string | undefined }
  /** The access token was renewed, or renewed early in vain; the store or the lock failed. */
  | TokenSourceEvent
