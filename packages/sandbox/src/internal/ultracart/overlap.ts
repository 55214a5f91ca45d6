/** One request at a time for each key: the vendor may answer 429 to requests that overlap. */

export interface InFlight {
  /** A function that ends the request, or `undefined` while another one with the key is under way. */
  enter(key: string | null, signal: AbortSignal): (() => void) | undefined
}

export function createInFlight(): InFlight {
  const keys = new Set<string>()
  return {
    enter(key, signal) {
      if (key === null) return () => {}
      if (keys.has(key)) return undefined
      keys.add(key)
      let under = true
      const leave = () => {
        if (under) keys.delete(key)
        under = false
        signal.removeEventListener('abort', leave)
      }
      // A client that gave up may come again at once.
      signal.addEventListener('abort', leave)
      if (signal.aborted) leave()
      return leave
    },
  }
}
