/**
 * What a client tells about its work; nothing in it is secret.
 */
import type { TokenSourceEvent } from '@isoauth/core-client'

/** What is told to `onEvent`. */
export type IbkrSsoEvent =
  /** An address that the broker can never see a request from (private, loopback, documentation). */
  | { readonly type: 'address-not-public'; readonly option: string }
  /** A renewal after a 401 failed; the 401 itself was returned. */
  | { readonly type: 'renewal-failed'; readonly code: string | undefined }
  /** An SSO bearer was renewed, or renewed early in vain; the store or the lock failed. */
  | TokenSourceEvent
