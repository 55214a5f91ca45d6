/** In Node alone. */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below those that systems give to connections of programs (Linux: from 32768). */
const FIRST_PORT = 20_000
const PORT_LIMIT = 32_768
const ATTEMPTS = 100

/**
 * A port of loopback that nobody listens on, and that no program is given for a connection: one that tries again and again to
 * reach a server that is down would else come to hold the port of that server itself.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const port = randomInt(FIRST_PORT, PORT_LIMIT)
    if (await isFree(port)) return port
  }
  throw new Error(`Of ${ATTEMPTS} ports below ${PORT_LIMIT} none is free`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
