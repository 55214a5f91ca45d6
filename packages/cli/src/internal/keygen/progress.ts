/** The line that tells how a long search goes: rewritten on a terminal, else begun and ended only. */
import type { Context } from '../context.ts'
import { inOneLine, roundedTime } from '../text.ts'

export interface Progress {
  tested(count: number): void
  /** Clears the line. */
  done(): void
}

const EVERY_MS = 200
const CLEAR_LINE = '\r\u001b[K'

export function searchProgress({ io, errorColors }: Context, expected: number): Progress {
  const { stderr } = io
  const start = performance.now()
  let last = Number.NEGATIVE_INFINITY
  let count = 0
  const number = (value: number) => value.toLocaleString('en-US')
  if (!stderr.isTerminal) {
    stderr.write('Searching for a Diffie-Hellman prime of 2048 bits: seconds to a few minutes.\n')
  }
  return {
    tested(tested) {
      count = tested
      const now = performance.now()
      if (!stderr.isTerminal || now - last < EVERY_MS) return
      last = now
      const times = `${number(tested)} candidates tested, ${roundedTime(now - start)}`
      const line = `Searching for a prime: ${times} (${number(expected)} on average)`
      stderr.write(CLEAR_LINE + errorColors.dim(inOneLine(line, stderr)))
    },
    done() {
      const took = roundedTime(performance.now() - start)
      if (stderr.isTerminal) stderr.write(CLEAR_LINE)
      else if (count > 0) stderr.write(`Done: ${number(count)} candidates tested in ${took}.\n`)
    },
  }
}
