/**
 * Listeners of a client's events: none of them can make the client fail.
 */

/** A set of listeners. */
export interface Listeners<E> {
  /** Adds a listener; the function returned removes it. */
  add(listener: (event: E) => void): () => void
  /** Tells every listener; what a listener throws is dropped. */
  emit(event: E): void
}

/** Makes an empty set of listeners. */
export function createListeners<E>(): Listeners<E> {
  const calls = new Set<(event: E) => void>()
  return {
    add(listener) {
      // A promise takes an exception and an async listener's rejection alike.
      const call = (event: E) => {
        new Promise((done) => done(listener(event))).catch(() => {})
      }
      calls.add(call)
      return () => {
        calls.delete(call)
      }
    },
    emit(event) {
      for (const call of calls) call(event)
    },
  }
}
