/** Store and lock of a client, backed by one {@link TokenVault}. */
import { waitUntil } from 'cloudflare:workers'
import type { Lock, TokenStore } from '@isoauth/ibkr-oauth1'
import type { TokenVault } from './token-vault.ts'

/** The binding of a Durable Object namespace, as far as it is used. */
export interface VaultNamespace {
  idFromName(name: string): unknown
  get(id: unknown): Pick<TokenVault, 'getItem' | 'setItem' | 'removeItem' | 'exclusively'>
}

/** All isolates must ask the same object. */
const NAME = 'live-session-token'

export function vaultSharing(namespace: VaultNamespace): { store: TokenStore; lock: Lock } {
  // A stub belongs to the request that made it, while a client serves many.
  const vault = () => namespace.get(namespace.idFromName(NAME))
  return {
    store: {
      getItem: (key) => vault().getItem(key),
      setItem: (key, value, options) => vault().setItem(key, value, options),
      removeItem: (key) => vault().removeItem(key),
    },
    lock: async <T>(name: string, work: () => Promise<T>) => {
      let result: { readonly value: T } | undefined
      // What the work gives stays here: the token must not travel.
      const turn = vault().exclusively(name, async () => {
        result = { value: await work() }
      })
      // A renewal serves every request of the isolate: it must not die with the one that began it.
      waitUntil(turn.catch(() => {}))
      await turn
      if (result === undefined) throw new Error('the lock ended without its work')
      return (result as { readonly value: T }).value
    },
  }
}
