/** What the suite talks to over sockets: a sandbox, and a server that takes requests and never answers. */
import { createServer } from 'node:http'

/** `serve` is that of the sandbox under test, the others are what `entries/outside.ts` exports. */
export async function startServices({ serve, credentialsFor, REDIRECTED }) {
  const { server: silent, origin: silentOrigin } = await listen(() => {})
  // The sandbox puts its own address into the credentials, so any may stand there.
  const credentials = credentialsFor('http://127.0.0.1')
  const server = await serve({ port: 0, cors: true, credentials })
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

/** A server on any free port of loopback. */
export function listen(handler) {
  const server = createServer(handler)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () =>
      resolve({ server, origin: `http://127.0.0.1:${server.address().port}` }),
    )
  })
}
