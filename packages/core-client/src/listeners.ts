/**
 * Listeners whose failures never reach the work that told them.
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
  const listeners = new Set<{ readonly call: (event: E) => void }>()
  return {
    add(call) {
      const entry = { call }
      listeners.add(entry)
      return () => {
        listeners.delete(entry)
      }
    },
    emit(event) {
      for (const { call } of [...listeners]) quietly(() => call(event))
    },
  }
}

function quietly(call: () => unknown): void {
  try {
    const result = call()
    // An async listener's rejection must not become an unhandled one.
    if (result instanceof Promise) result.catch(() => {})
  } catch {
    // A listener's failure is its own.
  }
}
