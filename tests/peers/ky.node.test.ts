/** `ky` with a client as its `fetch`. */
import ky, { type KyResponse } from 'ky'
import { type Answer, describePeer } from './fetch-contract.ts'

describePeer('ky', (client, baseUrl) => {
  const api = ky.create({ fetch: client.fetch, prefixUrl: baseUrl, throwHttpErrors: false })
  const read = async (response: KyResponse): Promise<Answer> => ({
    status: response.status,
    body: await response.json(),
  })
  return {
    accounts: async (signal) => read(await api('portfolio/accounts', signal ? { signal } : {})),
    search: async (searchParams) => read(await api('sandbox/echo', { searchParams })),
    send: async (json) => read(await api.post('sandbox/echo', { json })),
  }
})
