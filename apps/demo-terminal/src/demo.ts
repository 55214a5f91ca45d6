/** What the demo does, from its arguments to its exit status. */
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { readArguments, USAGE } from './arguments.ts'
import { DemoError } from './errors.ts'
import type { Flow } from './flow.ts'
import { FLOWS } from './flows/all.ts'
import { inWords, readLiveConfig } from './live-config.ts'
import { createPrinter, type Output, type Printer } from './print.ts'
import { createSteps, FlowStopped, type Steps } from './steps.ts'
import { COLUMNS, wrap } from './text.ts'

export interface DemoOptions {
  readonly argv: readonly string[]
  readonly stdout: Output
  /** Where wrong arguments are told; `stdout` by default. */
  readonly stderr?: Output | undefined
  readonly isTerminal: boolean
  /** Looked at for NO_COLOR and TERM only. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** Instead of every flow. */
  readonly flows?: readonly Flow[] | undefined
}

/** Runs the demo; resolves with the exit status: 0, 1 when a step failed, 2 for wrong arguments. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { argv, stdout, stderr = stdout, isTerminal, env = {}, flows = FLOWS } = options
  const printer = createPrinter(stdout, { colors: isTerminal && wantsColors(env) })
  try {
    const { help, liveConfig } = readArguments(argv)
    if (help) {
      stdout.write(USAGE)
      return 0
    }
    return liveConfig === undefined
      ? await runSandbox(printer, flows)
      : await runLive(printer, liveConfig)
  } catch (error) {
    if (!(error instanceof DemoError)) throw error
    for (const line of wrap(`demo: ${error.message}`, COLUMNS)) stderr.write(`${line}\n`)
    stderr.write('Try npm start -- --help\n')
    return 2
  }
}

async function runSandbox(printer: Printer, flows: readonly Flow[]): Promise<number> {
  const start = performance.now()
  const steps = createSteps(printer)
  printer.text('isoauth, step by step against a sandbox on this machine. Nothing leaves it.')
  printer.title('Sandbox')
  let server: SandboxServer
  try {
    server = await steps.run(
      'sandbox started',
      () => serve({ port: 0 }),
      ({ origin }) => `${origin}, fresh credentials`,
    )
  } catch (error) {
    if (!(error instanceof FlowStopped)) throw error
    return finish(printer, steps, start)
  }
  try {
    const context = { sandbox: server.sandbox, steps }
    for (const flow of flows) await runFlow(printer, flow, context)
  } finally {
    await server.close()
  }
  return finish(printer, steps, start)
}

async function runLive(printer: Printer, file: string): Promise<number> {
  const { services, notGiven } = await readLiveConfig(file)
  const hosts = inWords([...new Set(services.map(({ host }) => host))])
  printer.text(`LIVE: this talks to ${hosts}, with the credentials in ${file}.`)
  printer.text('It only reads: no order, no brokerage session opened, nobody logged out.')
  if (services.some(({ section }) => section === 'ibkr.oauth1')) {
    printer.text('Other programs that share the access token may have to sign in again after it.')
  }
  if (notGiven.length > 0) {
    printer.text(`Not given in the file, and left out: ${inWords(notGiven)}.`)
  }
  const start = performance.now()
  const steps = createSteps(printer)
  for (const { flow } of services) await runFlow(printer, flow, { steps })
  return finish(printer, steps, start)
}

async function runFlow<Context extends { readonly steps: Steps }>(
  printer: Printer,
  flow: Flow<Context>,
  context: Context,
): Promise<void> {
  printer.title(flow.title)
  const start = performance.now()
  try {
    await flow.run(context)
  } catch (error) {
    if (error instanceof FlowStopped) return
    // What is thrown between steps is a failure too.
    stopped(() => context.steps.fail('flow', error, performance.now() - start))
  }
}

function stopped(work: () => never): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof FlowStopped)) throw error
  }
}

function finish(printer: Printer, steps: Steps, start: number): number {
  const { count, failed } = steps
  printer.summary({ steps: count, failed, totalMs: performance.now() - start })
  return failed === 0 ? 0 : 1
}

function wantsColors(env: Readonly<Record<string, string | undefined>>): boolean {
  // https://no-color.org: any value but an empty one.
  return (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
}
