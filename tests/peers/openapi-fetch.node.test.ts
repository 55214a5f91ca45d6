/** `openapi-fetch`, typed by an excerpt of a schema, with a client as its `fetch`. */
import createClient from 'openapi-fetch'
import { type Answer, describePeer } from './fetch-contract.ts'

interface Paths {
  '/portfolio/accounts': {
    get: {
      responses: { 200: { content: { 'application/json': { accountId: string }[] } } }
    }
  }
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
  const api = createClient<Paths>({ baseUrl, fetch: client.fetch })
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
