/** The same handler in one process: what Node, Deno and Bun share. No store: the token stays in memory. */
import { CodedError } from '@isoauth/core-crypto'
import { settingError } from '../errors.ts'
import { createHandler, type Handler } from '../handler.ts'
import { PAGE } from '../page-texts.ts'
import { readSettings, type Variables } from '../settings.ts'

/** Resolves when it listens, and goes on until the process ends. */
export type Listen = (
  handle: Handler,
  at: { readonly hostname: string; readonly port: number },
) => Promise<void>

/**
 * Reads the settings and starts to listen, by default on loopback and the port of the page's origin.
 *
 * @returns the exit status: 2 with one line on stderr for settings that do not fit, 0 once it serves
 */
export async function start(variables: Variables, listen: Listen): Promise<number> {
  try {
    const settings = readSettings(variables)
    const hostname = String(variables['ISOAUTH_EDGE_LISTEN_HOST'] ?? '127.0.0.1')
    const port = readPort(variables['ISOAUTH_EDGE_LISTEN_PORT'] ?? new URL(settings.origin).port)
    const handle = createHandler(settings, {
      page: PAGE,
      log: (entry) => entry.type !== 'handshake' && console.error(JSON.stringify(entry)),
    })
    await listen(handle, { hostname, port })
    console.log(`listening for ${settings.origin}`)
    return 0
  } catch (error) {
    // A client names its option, and quotes no value of it.
    if (!(error instanceof CodedError)) throw error
    console.error(`demo-edge: ${error.code}: ${error.message}`)
    return 2
  }
}

function readPort(value: unknown): number {
  const port = Number(value || 8788)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw settingError('ISOAUTH_EDGE_LISTEN_PORT', 'a TCP port, 1 to 65535')
}
