/**
 * True where the platform lets text in a `Request` be told from a stream: it gives a `Request` no `body`, makes text
 * of streams, refuses a stream under `no-cors` as the Fetch standard says, or makes byte streams of its own. WebKit,
 * Deno and Bun do none of these.
 */
export function tellsStreamsInRequests(): boolean {
  const url = 'https://probe.invalid'
  const text = new Request(url, { method: 'POST', body: 'text' })
  if (!text.body) return true
  try {
    text.body.getReader({ mode: 'byob' }).releaseLock()
    return true
  } catch {
    // No byte stream.
  }
  const init = { method: 'POST', body: new ReadableStream(), duplex: 'half' } as RequestInit
  try {
    const stream = new Request(url, init)
    if (stream.headers.has('content-type')) return true
    try {
      return new Request(stream, { mode: 'no-cors' }) === undefined
    } catch {
      return true
    }
  } catch {
    return false
  }
}
