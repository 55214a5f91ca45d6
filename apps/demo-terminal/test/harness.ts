/** Runs the demo in this process and keeps what it wrote. */
import { type DemoOptions, runDemo } from '../src/demo.ts'

export interface Run {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export async function run(
  options: Partial<Pick<DemoOptions, 'argv' | 'isTerminal' | 'env' | 'flows'>> = {},
): Promise<Run> {
  let stdout = ''
  let stderr = ''
  const status = await runDemo({
    argv: [],
    isTerminal: false,
    ...options,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  })
  return { status, stdout, stderr }
}

/** The text without colours. */
export function plain(text: string): string {
  return text.replaceAll(ESCAPE, '')
}

/** The text without line breaks and indents. */
export function flat(text: string): string {
  return text.replace(/\s+/g, ' ')
}

export function longestLine(text: string): number {
  return Math.max(
    ...plain(text)
      .split('\n')
      .map((line) => line.length),
  )
}

const ESCAPE = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')
