/** axios' fetch adapter with a client as its `fetch`. */
import axios, { type AxiosResponse } from 'axios'
import { type Answer, describePeer } from './fetch-contract.ts'

describePeer('axios', (client, baseUrl) => {
  const api = axios.create({
    adapter: 'fetch',
    env: { fetch: client.fetch },
    baseURL: baseUrl,
    validateStatus: () => true,
  })
  const read = ({ status, data }: AxiosResponse): Answer => ({ status, body: data })
  return {
    accounts: async (signal) =>
      read(await api.get('/portfolio/accounts', signal === undefined ? {} : { signal })),
    search: async (params) => read(await api.get('/sandbox/echo', { params })),
    send: async (body) => read(await api.post('/sandbox/echo', body)),
  }
})
