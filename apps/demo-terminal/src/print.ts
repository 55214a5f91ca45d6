/** What the person sees: a title for each flow, a line for each step, a summary. */
import { createColors } from 'picocolors'
import { COLUMNS, count, duration, wrap } from './text.ts'

export interface Output {
  write(text: string): unknown
}

export interface Totals {
  readonly steps: number
  readonly failed: number
  readonly totalMs: number
}

export interface Printer {
  /** A paragraph. */
  text(text: string): void
  title(title: string): void
  ok(name: string, proven: string, ms: number): void
  failed(name: string, error: unknown, ms: number): void
  summary(totals: Totals): void
}

const MARK = 4
const NAME = 21
const TIME = 10
/** Where the middle column begins, and how wide it is. */
const MIDDLE = 2 + MARK + 1 + NAME + 1
const PROVEN = COLUMNS - MIDDLE - TIME - 1

export function createPrinter(output: Output, options: { readonly colors: boolean }): Printer {
  const color = createColors(options.colors)
  const line = (text = '') => output.write(`${text}\n`)

  // Padded before it is coloured: escape sequences take no columns.
  const step = (mark: string, name: string, middle: string, ms: number) => {
    const [first = '', ...more] = wrap(middle, PROVEN)
    const time = color.dim(duration(ms).padStart(TIME))
    line(`  ${mark} ${name.padEnd(NAME)} ${first.padEnd(PROVEN)} ${time}`)
    for (const rest of more) line(`${' '.repeat(MIDDLE)}${rest}`)
  }

  return {
    text: (text) => {
      for (const part of wrap(text, COLUMNS)) line(part)
    },
    title: (title) => {
      line()
      for (const part of wrap(title, COLUMNS)) line(color.bold(part))
    },
    ok: (name, proven, ms) => step(color.green('ok'.padEnd(MARK)), name, proven, ms),
    failed: (name, error, ms) => {
      const { code, message } = describe(error)
      step(color.red('FAIL'), name, '', ms)
      const indent = ' '.repeat(2 + MARK + 1)
      for (const part of wrap(code, COLUMNS - indent.length)) line(indent + color.red(part))
      for (const part of wrap(message, COLUMNS - indent.length)) line(indent + part)
    },
    summary: ({ steps, failed, totalMs }) => {
      const result = failed === 0 ? color.green('none failed') : color.red(`${failed} failed`)
      line()
      line(`${count(steps, 'step')}, ${result}, ${duration(totalMs)} in all`)
    },
  }
}

/** Code and message. Messages of this project hold no secret; of others, only the system's code is shown. */
export function describe(error: unknown): { readonly code: string; readonly message: string } {
  const { code, name, message, cause } = (error ?? {}) as Record<string, unknown>
  if (typeof code === 'string' && typeof message === 'string') return { code, message }
  const system = (cause as { code?: unknown } | undefined)?.code
  const known = typeof system === 'string' ? system : typeof name === 'string' ? name : 'UNKNOWN'
  return {
    code: known,
    message: `The request got no answer or could not be made (${known}). Check the address, the network and whether the service is up.`,
  }
}
