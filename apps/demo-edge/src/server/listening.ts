/** Where a server listens, and what is told where it cannot. */
import { EdgeError, settingError } from '../errors.ts'
import { optionalText, type Variables } from '../settings.ts'

export interface Listening {
  readonly hostname: string
  readonly port: number
}

const HOST = 'ISOAUTH_EDGE_LISTEN_HOST'
const PORT = 'ISOAUTH_EDGE_LISTEN_PORT'

/**
 * Reads host and port; a blank variable is as none: by an empty host a server would listen on every interface.
 *
 * @throws EdgeError `EDGE_OPTION_INVALID`
 */
export function readListening(variables: Variables, origin: string): Listening {
  const hostname = optionalText(variables, HOST) ?? '127.0.0.1'
  const text = optionalText(variables, PORT) ?? (new URL(origin).port || '8788')
  const port = Number(text)
  if (/^\d+$/.test(text) && port > 0 && port < 65_536) return { hostname, port }
  throw settingError(PORT, 'a TCP port, 1 to 65535')
}

/** Why a server does not listen, in one line that names the variables. */
export function listenFailure({ hostname, port }: Listening, error: unknown): EdgeError {
  // Node and Bun have a code, Deno a name.
  const { code, name = 'unknown' } = Object(error) as { code?: unknown; name?: unknown }
  return new EdgeError(
    `The edge cannot listen at ${hostname}, port ${port} (${code ?? name}). Most often another program listens there ` +
      `already, or the host is no address of this machine: end that program, or set ${HOST} and ${PORT}.`,
    { code: 'EDGE_LISTEN_FAILED', option: PORT },
  )
}
