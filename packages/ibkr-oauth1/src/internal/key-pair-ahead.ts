/** The client's half of the next key exchange, made before it is asked for where the caller wants that. */
import type { WaitUntil } from '@isoauth/core-client'
import type { DhKeyPair } from '@isoauth/core-crypto'

/** Gives key pairs, each of them once. */
export interface KeyPairSource {
  /** The pair that lies ready, which is forgotten with that, or one that is made now. */
  take(): DhKeyPair
  /** Has the next pair made as soon as nothing else is to be done. */
  prepare(): void
}

/**
 * Makes a source of key pairs.
 *
 * @param options.isAhead - false where `prepare` shall do nothing
 */
export function createKeyPairSource(options: {
  readonly make: () => DhKeyPair
  readonly isAhead: boolean
  readonly waitUntil: WaitUntil | undefined
}): KeyPairSource {
  const { make, isAhead, waitUntil } = options
  let ready: DhKeyPair | undefined
  return {
    take() {
      const pair = ready ?? make()
      // A second use of an exponent would tie two tokens to one secret.
      ready = undefined
      return pair
    },
    prepare() {
      if (!isAhead || ready) return
      // Behind a timer: whoever waits for the token goes on first.
      const work = new Promise<void>((done) => setTimeout(done))
        .then(() => {
          ready ??= make()
        })
        // Parameters that give no pair are told by the call that needs one.
        .catch(() => {})
      waitUntil?.(work)
    },
  }
}
