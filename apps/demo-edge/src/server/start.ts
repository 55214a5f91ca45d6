/** The same handler in one process: what Node, Deno and Bun share. No store: the token stays in memory. */
import { CodedError } from '@isoauth/core-crypto'
import { createHandler, type Handler } from '../handler.ts'
import { PAGE } from '../page-texts.ts'
import { readSettings, type Variables } from '../settings.ts'
import { type Listening, listenFailure, readListening } from './listening.ts'

/** Resolves when it listens, and goes on until the process ends. */
export type Listen = (handle: Handler, at: Listening) => Promise<void>

/**
 * Reads the settings and starts to listen, by default on loopback and the port of the page's origin.
 *
 * @returns the exit status: 2 with one line on stderr for settings that do not fit or where it cannot listen, 0 once it serves
 */
export async function start(variables: Variables, listen: Listen): Promise<number> {
  try {
    const settings = readSettings(variables)
    const at = readListening(variables, settings.origin)
    const handle = createHandler(settings, {
      page: PAGE,
      log: (entry) => entry.type !== 'handshake' && console.error(JSON.stringify(entry)),
    })
    await listen(handle, at).catch((error: unknown) => {
      throw listenFailure(at, error)
    })
    console.log(`listening for ${settings.origin}`)
    return 0
  } catch (error) {
    // A client names its option, and quotes no value of it.
    if (!(error instanceof CodedError)) throw error
    console.error(`demo-edge: ${error.code}: ${error.message}`)
    return 2
  }
}
