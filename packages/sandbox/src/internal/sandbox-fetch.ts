/** `fetch` semantics over the core: aborts, redirects, resets. */
import type { Core } from './core.ts'

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]
const REDIRECT_LIMIT = 20

export async function sandboxFetch(
  core: Core,
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  let request = new Request(input, init)
  // Runtimes differ in whether the copy follows the signal that was given.
  const signal = init?.signal ?? (input instanceof Request ? input.signal : request.signal)
  for (let hops = 0; ; hops++) {
    const response = await send(core, request, signal)
    if (!REDIRECTS.includes(response.status) || request.redirect === 'manual') return response
    if (request.redirect === 'error') throw new TypeError('fetch failed: a redirect was answered')
    if (hops === REDIRECT_LIMIT) throw new TypeError('fetch failed: too many redirects')
    const next = new URL(response.headers.get('location') ?? '', request.url)
    // What lies outside is not fetched: the redirect itself is what a test wants to see.
    if (!core.settings.signedOrigins.includes(next.origin)) return response
    const again = response.status === 307 || response.status === 308
    request = again ? new Request(next, request) : new Request(next)
  }
}

async function send(core: Core, request: Request, signal: AbortSignal): Promise<Response> {
  if (signal.aborted) throw signal.reason
  const url = new URL(request.url)
  if (!core.settings.signedOrigins.includes(url.origin)) {
    throw new TypeError(`fetch failed: the sandbox does not answer for ${url.origin}`)
  }
  const result = await untilAborted(core.handle(request, target(request.url)), signal)
  if (result === 'reset') {
    throw new TypeError('fetch failed: the connection was reset', {
      cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    })
  }
  return result
}

/** Path and query as they stand in the URL, `?` without a query included. */
function target(url: string): string {
  const found = /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] ?? '/'
  return found.startsWith('/') ? found : `/${found}`
}

function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
