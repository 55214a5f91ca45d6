/** What the suite talks to over sockets: a sandbox, and a server that takes requests and never answers. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrokerEvent, GivenCredentials, Sandbox } from '@isoauth/sandbox'
import type { SandboxServer, ServeOptions } from '@isoauth/sandbox/node'

/** The origins, and the end of both. */
export interface Services {
  readonly origin: string
  readonly silentOrigin: string
  close(): Promise<void>
}

/** `serve` of the sandbox under test, and what `entries/outside.ts` exports. */
export interface Outside {
  serve(options: ServeOptions): Promise<SandboxServer>
  credentialsFor(origin: string): GivenCredentials
  readonly REDIRECTED: string
  readonly BROKER: string
}

export async function startServices({
  serve,
  credentialsFor,
  REDIRECTED,
  BROKER,
}: Outside): Promise<Services> {
  const { server: silent, origin: silentOrigin } = await listen(() => {})
  // The sandbox puts its own address into the credentials, so any may stand there.
  const credentials = credentialsFor('http://127.0.0.1')
  const server: SandboxServer = await serve({
    port: 0,
    cors: true,
    credentials,
    pages: (request) =>
      new URL(request.url).pathname === BROKER ? answerBroker(server.sandbox, request) : undefined,
  })
  server.sandbox.fault({
    path: REDIRECTED,
    kind: 'respond',
    times: 1000,
    value: { status: 302, headers: { location: '/v1/api/portfolio/accounts' } },
  })
  return {
    origin: server.origin,
    silentOrigin,
    async close() {
      silent.closeAllConnections()
      silent.close()
      await server.close({ timeoutMs: 0 })
    },
  }
}

/** The sandbox's own control of its broker takes no requests of another origin's page, so a query says what happens. */
function answerBroker({ broker }: Sandbox, request: Request): Response {
  const event = new URL(request.url).searchParams.get('event')
  if (event !== null) broker.play(JSON.parse(event) as BrokerEvent)
  const headers = { 'access-control-allow-origin': '*' }
  return Response.json({ sockets: broker.sockets }, { headers })
}

/** A server on any free port of loopback. */
export function listen(handler: RequestListener): Promise<{ server: Server; origin: string }> {
  const server = createServer(handler)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () =>
      resolve({ server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
    )
  })
}
