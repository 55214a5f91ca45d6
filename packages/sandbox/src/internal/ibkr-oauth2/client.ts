/** The one client of the OAuth 2.0 service. */
import type { RsaPublicKey } from '../crypto/rsa.ts'

/** The registered client: a firm, its keys, and what it may ask for. */
export interface Client {
  readonly clientId: string
  readonly accountId: string
  /** Public keys by key id; several may be in use while one replaces another. */
  readonly keys: ReadonlyMap<string, RsaPublicKey>
  readonly scopes: readonly string[]
}
