/** A `fetch` that keeps what it sent and got, to be shown in the page. */

export interface Exchange {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly status: number
  readonly answer: string
}

export interface RecordedFetch {
  readonly fetch: typeof globalThis.fetch
  /** What happened since the last time somebody asked. */
  take(): readonly Exchange[]
}

export function recordFetch(): RecordedFetch {
  let exchanges: Exchange[] = []
  return {
    take() {
      const taken = exchanges
      exchanges = []
      return taken
    },
    async fetch(input, init) {
      const request = new Request(input, init)
      const body = await request.clone().text()
      const response = await globalThis.fetch(request)
      exchanges.push({
        method: request.method,
        path: new URL(request.url).pathname,
        body,
        status: response.status,
        answer: await response.clone().text(),
      })
      return response
    },
  }
}
