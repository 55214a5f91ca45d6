/** A person at a terminal: waits for a question, types an answer, sees what is shown. */
import { PassThrough } from 'node:stream'
import type { Io } from '../src/internal/io.ts'
import { isoauth, type Outside, type Run } from './harness.ts'

export const ENTER = '\r'
export const DOWN = '\u001B[B'
export const CTRL_C = '\u0003'

/** Takes back what was typed. */
export const erase = (text: string): string => '\u007F'.repeat(text.length)

/** What is waited for in what was shown since the last answer, and the keys that are pressed then. */
export type Line = readonly [seen: RegExp, keys: string]

export interface Dialogue extends Run {
  /** All that the terminal showed, without colours and moves of the cursor. */
  readonly shown: string
  /** The same as the terminal got it. */
  readonly raw: string
  /** How many questions were answered. */
  readonly answered: number
  /** What was not asked for. */
  readonly left: number
}

export async function talk(
  argv: readonly string[],
  lines: readonly Line[],
  outside: Outside = {},
): Promise<Dialogue> {
  const input = new PassThrough()
  const output = Object.assign(new PassThrough(), {
    columns: outside.columns ?? 100,
    rows: 40,
    isTTY: true,
  })
  const left = [...lines]
  let shown = ''
  let raw = ''
  let since = ''
  output.on('data', (chunk: Buffer) => {
    const text = withoutMoves(String(chunk))
    shown += text
    raw += chunk
    since += text
    const [next] = left
    if (!next?.[0].test(since)) return
    left.shift()
    since = ''
    // Once the question is drawn, one key after the other, as a terminal gives them.
    setTimeout(() => {
      for (const key of keysOf(next[1])) input.write(key)
    }, 20)
  })
  const terminal: Io['terminal'] = { input, output }
  const run = await isoauth(argv, { ...outside, terminal })
  // A question that was answered is drawn once more, with this mark.
  const answered = shown.split('◇').length - 1
  return { ...run, shown, raw, answered, left: left.length }
}

function keysOf(keys: string): string[] {
  return keys.startsWith('\u001B') ? [keys.slice(0, 3), ...keys.slice(3)] : [...keys]
}

function withoutMoves(text: string): string {
  return text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[\\d;?]*[A-Za-z]`, 'g'), '')
}
