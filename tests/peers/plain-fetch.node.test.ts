/** A program written for the platform's `fetch`, given a client's instead. */
import type { Answer } from './fetch-contract.ts'
import { describePeer } from './fetch-contract.ts'

const read = async (response: Response): Promise<Answer> => ({
  status: response.status,
  body: await response.json(),
})

describePeer('plain fetch with paths', (client) => {
  const fetch: typeof globalThis.fetch = client.fetch
  return {
    accounts: async (signal) => read(await fetch('/portfolio/accounts', signal ? { signal } : {})),
    search: async (query) => read(await fetch(`/sandbox/echo?${new URLSearchParams(query)}`)),
    send: async (body) =>
      read(
        await fetch('/sandbox/echo', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
  }
})

describePeer('plain fetch with URLs and Requests', (client, baseUrl) => {
  const fetch: typeof globalThis.fetch = client.fetch
  return {
    accounts: async (signal) =>
      read(
        await fetch(
          new Request(`${baseUrl}/portfolio/accounts`, signal === undefined ? {} : { signal }),
        ),
      ),
    search: async (query) => {
      const url = new URL(`${baseUrl}/sandbox/echo`)
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
      return read(await fetch(url))
    },
    send: async (body) =>
      read(
        await fetch(
          new Request(`${baseUrl}/sandbox/echo`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
        ),
      ),
  }
})
