/** Stops a server: requests under way finish, connections that carry none are closed. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

export interface GracefulClose {
  /** Cuts what is left after `timeoutMs`. */
  close(timeoutMs: number): Promise<void>
}

/** Has to be called before the server listens, so that it sees every connection. */
export function trackConnections(server: Server): GracefulClose {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    // One that is read anew is told again.
    if (sockets.has(socket)) return
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return {
    async close(timeoutMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      // Connections are kept alive: they fall idle one by one as their answers end.
      const idle = setInterval(() => {
        server.closeIdleConnections()
        // To Node a connection is not idle before its first request. Clients keep spare ones, for
        // instance after they gave up a request, and would hold up the end for ever.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
      }, 20)
      const force = setTimeout(() => server.closeAllConnections(), timeoutMs)
      await closed
      clearInterval(idle)
      clearTimeout(force)
    },
  }
}
