/**
 * `openapi-fetch`, typed by what `isoauth types` makes of the sandbox's description, with a client as its `fetch`:
 * `sandbox-api.d.ts` is written by a test of the command, with `ISOAUTH_WRITE` set.
 */
import createClient from 'openapi-fetch'
import { type Answer, describePeer } from './fetch-contract.ts'
import type { paths } from './sandbox-api.d.ts'

/** What shows a request as it arrived takes any: of it there is nothing to describe. */
interface Echo {
  '/sandbox/echo': {
    get: {
      parameters: { query: Record<string, string> }
      responses: { 200: { content: { 'application/json': { query: string | null } } } }
    }
    post: {
      requestBody: { content: { 'application/json': object } }
      responses: { 200: { content: { 'application/json': { body: string } } } }
    }
  }
}

describePeer('openapi-fetch', (client, baseUrl) => {
  const api = createClient<paths & Echo>({ baseUrl, fetch: client.fetch })
  const read = (result: { data?: unknown; error?: unknown; response: Response }): Answer => ({
    status: result.response.status,
    body: result.data ?? result.error,
  })
  return {
    accounts: async (signal) =>
      read(await api.GET('/portfolio/accounts', signal === undefined ? {} : { signal })),
    search: async (query) => read(await api.GET('/sandbox/echo', { params: { query } })),
    send: async (body) => read(await api.POST('/sandbox/echo', { body })),
  }
})
