/** A `fetch` that answers what a test wants. */

/** A call as a service sees it. */
export interface Call {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

export type Answer = Response | Promise<Response> | 'broken' | 'never'
/** `count` is the number of the call, from 1. */
export type Responder = (call: Call, count: number) => Answer

export interface Service {
  /** Notes the call before it is answered. */
  readonly calls: Call[]
  readonly respond: Responder
}

/** Has the service answer that is chosen by the URL. */
export function answeringFetch(serviceOf: (url: string) => Service): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const { method, url, headers } = request
    const body = new TextDecoder().decode(await request.arrayBuffer())
    const call = { method, url, headers, body }
    const { calls, respond } = serviceOf(url)
    calls.push(call)
    const answer = respond(call, calls.length)
    if (answer === 'broken') throw new TypeError('connection reset')
    if (answer !== 'never') return await answer
    // The signal may have ended while the body was read.
    init?.signal?.throwIfAborted()
    return await new Promise((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
    })
  }
}
