/** A whole call on loopback: what a client's `fetch` costs over the platform's, one call at a time, a hundred and a thousand at once. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createRequestSigner } from '@isoauth/ibkr-oauth1/signing'
import { createSandbox } from '@isoauth/sandbox'
import axios from 'axios'
import ky from 'ky'
import createOpenApiClient from 'openapi-fetch'
import { expectEqual } from '../expect.ts'
import type { Contender, Cost } from '../paired-rounds.ts'

const BODY = JSON.stringify({ accounts: ['DU1234567'], selectedAccount: 'DU1234567' })

export async function clientFetchCosts(): Promise<Cost[]> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' }).end(BODY)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  // The bench ends although the server listens.
  server.unref()
  const { port } = server.address() as AddressInfo
  const address = `http://127.0.0.1:${port}/v1/api/iserver/accounts`
  const headers = { 'user-agent': 'bench', accept: '*/*' }
  const client = await signedInClient(port)
  const signer = createRequestSigner({
    consumerKey: 'TESTCONSU',
    accessToken: 'a1b2c3d4e5f6a7b8c9d0',
    liveSessionToken: new Uint8Array(20),
  })
  const openApi = createOpenApiClient<Paths>({ baseUrl: `http://127.0.0.1:${port}/v1/api` })

  const calls: Contender[] = [
    { name: 'ours', run: async () => (await client.fetch('/iserver/accounts')).text() },
    { name: 'bare fetch', run: async () => (await fetch(address, { headers })).text() },
    {
      name: 'bare fetch, a deadline and the signature',
      async run() {
        const controller = new AbortController()
        const timer = setTimeout(() => controller.abort(), 30_000)
        const init = {
          headers: { ...headers, authorization: signer.sign({ method: 'GET', url: address }) },
          signal: controller.signal,
        }
        const response = await fetch(address, init)
        clearTimeout(timer)
        return await response.text()
      },
    },
    { name: 'ky', run: () => ky(address, { headers }).text() },
    {
      name: 'axios',
      run: async () => (await axios.get(address, { headers, responseType: 'text' })).data,
    },
    {
      name: 'openapi-fetch',
      run: async () => (await openApi.GET('/iserver/accounts', { headers, parseAs: 'text' })).data,
    },
  ]
  for (const { name, run } of calls) {
    const found = await run()
    expectEqual(
      `answer by ${name}`,
      typeof found === 'string' ? found : JSON.stringify(found),
      BODY,
    )
  }
  return [
    {
      id: 'call',
      title: 'a call on loopback, one at a time',
      contenders: calls,
      rounds: 60,
      tellsBytes: true,
    },
    {
      id: 'call-100',
      title: 'a hundred calls at once on loopback',
      contenders: atOnce(calls, 100),
      rounds: 25,
    },
    {
      id: 'call-1000',
      title: 'a thousand calls at once on loopback',
      contenders: atOnce(calls, 1000),
      rounds: 7,
    },
  ]
}

function atOnce(calls: readonly Contender[], count: number): Contender[] {
  return calls.map(({ name, run }) => ({
    name,
    run: () => Promise.all(Array.from({ length: count }, run)),
  }))
}

interface Paths {
  '/iserver/accounts': {
    get: { responses: { 200: { content: { 'application/json': string } } } }
  }
}

/** A client with a token: the sandbox signs it in, its other calls go to the server. */
async function signedInClient(port: number): Promise<ReturnType<typeof createIbkrOAuth1>> {
  const sandbox = await createSandbox({ origin: 'http://localhost:1' })
  const { baseUrl: signingBaseUrl, ...credentials } = sandbox.credentials.ibkr.oauth1
  const baseUrl = `http://127.0.0.1:${port}/v1/api`
  const client = createIbkrOAuth1({
    ...credentials,
    baseUrl,
    signingBaseUrl,
    fetch: (input, init) => {
      const url = String(input)
      if (!url.startsWith(`${baseUrl}/oauth/`)) return fetch(url, init as RequestInit)
      const signedUrl = signingBaseUrl + url.slice(baseUrl.length)
      return sandbox.fetch(new Request(signedUrl, init as RequestInit))
    },
  })
  await client.liveSessionToken()
  return client
}
