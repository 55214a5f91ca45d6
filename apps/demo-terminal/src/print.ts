/** What the person sees: a title for each flow, a line for each step, a summary. */
import { CodedError } from '@isoauth/core-crypto'
import { SandboxError } from '@isoauth/sandbox'
import { createColors } from 'picocolors'
import { COLUMNS, count, duration, wrap } from './text.ts'

export interface Output {
  write(text: string): unknown
}

/** What a step proved, without any secret. */
export interface Proof {
  readonly proven: string
  /** A paragraph below the line, for what does not fit beside the time. */
  readonly detail?: string | undefined
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
  ok(name: string, proof: Proof, ms: number): void
  failed(name: string, error: unknown, ms: number): void
  leftOut(name: string, reason: string): void
  summary(totals: Totals): void
}

const MARK = 4
const NAME = 18
const TIME = 10
/** Where paragraphs below a step begin. */
const BELOW = 2 + MARK + 1
/** Where the middle column begins, and how wide it is. */
const MIDDLE = BELOW + NAME + 1
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

  const below = (paragraph: string, style: (text: string) => string) => {
    for (const part of wrap(paragraph, COLUMNS - BELOW)) line(' '.repeat(BELOW) + style(part))
  }

  return {
    text: (text) => {
      for (const part of wrap(text, COLUMNS)) line(part)
    },
    title: (title) => {
      line()
      for (const part of wrap(title, COLUMNS)) line(color.bold(part))
    },
    ok: (name, { proven, detail }, ms) => {
      step(color.green('ok'.padEnd(MARK)), name, proven, ms)
      if (detail !== undefined) below(detail, color.dim)
    },
    failed: (name, error, ms) => {
      const { code, message } = describe(error)
      step(color.red('FAIL'), name, '', ms)
      below(code, color.red)
      below(message, String)
    },
    leftOut: (name, reason) => {
      const [first = '', ...more] = wrap(`left out: ${reason}`, COLUMNS - MIDDLE)
      line(`  ${color.dim('-'.padEnd(MARK))} ${name.padEnd(NAME)} ${first}`)
      for (const rest of more) line(`${' '.repeat(MIDDLE)}${rest}`)
    },
    summary: ({ steps, failed, totalMs }) => {
      const result = failed === 0 ? color.green('none failed') : color.red(`${failed} failed`)
      line()
      line(`${count(steps, 'step')}, ${result}, ${duration(totalMs)} in all`)
    },
  }
}

/**
 * Code and message. Messages of this project hold no secret; foreign ones may quote their input and
 * are not shown.
 */
function describe(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof CodedError || error instanceof SandboxError) {
    return { code: error.code, message: error.message }
  }
  const { name, cause } = (error ?? {}) as { readonly name?: unknown; readonly cause?: unknown }
  const { code } = (cause ?? {}) as { readonly code?: unknown }
  if (typeof code === 'string') {
    return {
      code,
      message:
        'The request got no answer. Check the address, the network and whether the service is up.',
    }
  }
  return {
    code: typeof name === 'string' ? name : 'UNKNOWN',
    message:
      'An error that the demo does not know; its message is kept back, as it may quote input.',
  }
}
