/** The same handler in one process: what Node, Deno and Bun share. No store: the token stays in memory. */
import { EdgeError, settingError } from '../errors.ts'
import { createHandler, type Handler } from '../handler.ts'
import { PAGE } from '../page-texts.ts'
import { readSettings, type Variables } from '../settings.ts'

/** Listens until the process ends; `port` 0 is not taken, since the page's origin must be known. */
export type Listen = (handle: Handler, at: { hostname: string; port: number }) => void

/**
 * Reads the settings and starts to listen, by default on loopback and the port of the page's origin.
 *
 * @returns the exit status: 2 with one line on stderr for settings that do not fit, undefined while it serves
 */
export function start(variables: Variables, listen: Listen): number | undefined {
  try {
    const settings = readSettings(variables)
    const hostname = String(variables['ISOAUTH_EDGE_LISTEN_HOST'] ?? '127.0.0.1')
    const port = readPort(variables['ISOAUTH_EDGE_LISTEN_PORT'] ?? new URL(settings.origin).port)
    const handle = createHandler(settings, {
      page: PAGE,
      log: (entry) => entry.type !== 'handshake' && console.error(JSON.stringify(entry)),
    })
    listen(handle, { hostname, port })
    console.log(`listening for ${settings.origin}`)
    return undefined
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error
    console.error(`demo-edge: ${error.code}: ${error.message}`)
    return 2
  }
}

function readPort(value: unknown): number {
  const port = Number(value || 8788)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw settingError('ISOAUTH_EDGE_LISTEN_PORT', 'a TCP port, 1 to 65535')
}
