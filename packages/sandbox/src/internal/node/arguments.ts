/** Command line of `isoauth-sandbox`. */
import { parseArgs } from 'node:util'

export interface Arguments {
  readonly port: number
  readonly credentialsFile: string | undefined
  /** The file that keeps what is registered and issued. */
  readonly state: string | undefined
  /** Replace whatever stands in the credentials file. */
  readonly force: boolean
  readonly cors: boolean
  readonly signedOrigins: readonly string[]
  /** Further user names for SSO sessions. */
  readonly users: readonly string[]
  /** Hold `/v1/api` to the published limits. */
  readonly pacing: boolean
  readonly stickyCookie: boolean
  /** Kinds of questions that every order is asked. */
  readonly orderQuestions: readonly string[]
  readonly help: boolean
}

export const USAGE = `Usage: isoauth-sandbox [options]

Serves a strict stand-in for the sign-in services on 127.0.0.1, with fresh
credentials each run. Nothing it hands out is valid anywhere else.

Options:
  --port PORT               port to listen on, 0 for any free one (default 8787)
  --credentials-file FILE   write this run's credentials to FILE (mode 0600)
  --state FILE              keep consumers, tokens, sessions and logins there,
                            from one run to the next (mode 0600)
  --force                   replace FILE whatever it holds; otherwise only what
                            a sandbox wrote is replaced
  --signed-origin ORIGIN    also accept this origin in what clients sign; may be
                            given several times
  --user NAME               open SSO sessions for this user name too; may be
                            given several times (sandboxuser is always there)
  --cors                    answer pages of other origins (the broker does not)
  --pacing                  hold /v1/api to the published limits; a breach puts
                            the address into the penalty box for ten minutes
  --sticky-cookie           keep a brokerage session on the machine that the
                            load balancer's cookie names
  --order-question ID       ask this about each order, such as o163; may be
                            given several times
  --help                    show this text

GET /__sandbox/requests lists each request, what was checked and why it was
refused; GET /__sandbox/counts counts. POST /__sandbox/faults makes things fail,
POST /__sandbox/broker makes things happen at the broker.
Register keys of your own at /portal.
`

/** The arguments, or what is wrong with them as text. */
export function readArguments(argv: readonly string[]): Arguments | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        port: { type: 'string', default: '8787' },
        'credentials-file': { type: 'string' },
        state: { type: 'string' },
        'signed-origin': { type: 'string', multiple: true, default: [] },
        user: { type: 'string', multiple: true, default: [] },
        force: { type: 'boolean', default: false },
        cors: { type: 'boolean', default: false },
        pacing: { type: 'boolean', default: false },
        'sticky-cookie': { type: 'boolean', default: false },
        'order-question': { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN
    if (!(port <= 65_535)) return '--port: a whole number from 0 to 65535 is required'
    if (values['credentials-file'] === '') return '--credentials-file: a file name is required'
    if (values.state === '') return '--state: a file name is required'
    if (values.user.includes('')) return '--user: a user name is required'
    return {
      port,
      credentialsFile: values['credentials-file'],
      state: values.state,
      force: values.force,
      cors: values.cors,
      pacing: values.pacing,
      stickyCookie: values['sticky-cookie'],
      orderQuestions: values['order-question'],
      signedOrigins: values['signed-origin'],
      users: values.user,
      help: values.help,
    }
  } catch (error) {
    return error instanceof Error ? error.message : 'the arguments could not be read'
  }
}
