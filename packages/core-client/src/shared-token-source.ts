/**
 * A token source whose token is shared: kept sealed in a store, renewed under a lock.
 */
import { underLock } from './renewal-lock.ts'
import { openSharedEntry } from './shared-entry.ts'
import { entryKey, type SharingOptions } from './store.ts'
import {
  createLocalTokenSource,
  type LocalTokenSourceOptions,
  type Renewable,
  type TokenSource,
} from './token-source.ts'

/** How a token source works that shares its token where the caller says so. */
export interface TokenSourceOptions<T extends Renewable, Mark>
  extends LocalTokenSourceOptions<T, Mark>,
    SharingOptions {
  /** To and from the text kept in the store; undefined for a text that is no token. */
  readonly serialize: (token: T) => string
  readonly deserialize: (text: string) => T | undefined
  /** The package and what tells one token from another, for the entry's name. */
  readonly packageName: string
  readonly identity: readonly string[]
}

/** The store is given this long for one operation, in milliseconds. */
const STORE_TIMEOUT_MS = 5000

/** Makes a token source. Nothing is sent or read before the first {@link TokenSource.get}. */
export function createTokenSource<T extends Renewable, Mark>(
  options: TokenSourceOptions<T, Mark>,
): TokenSource<T, Mark> {
  const { lock, now, onEvent } = options
  return createLocalTokenSource(options, async () => {
    const key = await entryKey(options.packageName, options.identity)
    const entry = openSharedEntry({ ...options, key, timeoutMs: STORE_TIMEOUT_MS })
    return {
      async read() {
        const text = await entry?.read()
        return text ? options.deserialize(text) : undefined
      },
      async write(token) {
        await entry?.write(options.serialize(token), token.expiresAtMs - now())
      },
      exclusively: (work, signal) =>
        underLock(lock, key, work, { signal, onFailure: () => onEvent({ type: 'lock-failed' }) }),
    }
  })
}
