/** The arguments of `npm run demo:edge`. */
import { parseArgs } from 'node:util'

export const USAGE = `npm run demo:edge [-- OPTIONS]

Runs the edge under workerd against a sandbox, both on this machine, until Ctrl-C.

  --port PORT   where the page is served (default: any free port)
  --no-open     do not open the page in a browser
  --help        this text
`

export interface Arguments {
  readonly port: number
  readonly open: boolean
  readonly help: boolean
}

/** Gives the arguments, or what is wrong with them. */
export function readArguments(argv: readonly string[]): Arguments | string {
  const options = {
    port: { type: 'string' },
    'no-open': { type: 'boolean' },
    help: { type: 'boolean' },
  } as const
  try {
    const { values } = parseArgs({ args: [...argv], options })
    const port = Number(values.port ?? 0)
    if (!/^\d+$/.test(values.port ?? '0') || port > 65_535) return '--port takes a TCP port'
    return { port, open: values['no-open'] !== true, help: values.help === true }
  } catch (error) {
    return error instanceof Error ? (error.message.split('. ')[0] as string) : 'wrong arguments'
  }
}
