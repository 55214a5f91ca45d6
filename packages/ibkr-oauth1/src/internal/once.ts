/** Runs work at the first call and keeps what comes of it, a failure too. */
export function once<T>(work: () => T): () => T {
  let result: { readonly value: T } | undefined
  return () => {
    result ??= { value: work() }
    return result.value
  }
}
