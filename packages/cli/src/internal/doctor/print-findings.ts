/** Findings as a person reads them: a mark, what was looked at, what was found, what to do. */
import type { Context } from '../context.ts'
import { COLUMNS, type Colors, paragraph, wrap } from '../text.ts'
import type { Finding, Level } from './findings.ts'

type Color = Exclude<keyof Colors, 'isColorSupported'>

/** How each level is marked, and in which colour. */
const MARKS: Readonly<Record<Level, readonly [text: string, color: Color]>> = {
  ok: ['ok', 'green'],
  note: ['note', 'cyan'],
  warning: ['WARN', 'yellow'],
  problem: ['FAIL', 'red'],
  skipped: ['-', 'dim'],
}
const MARK = 4
const CHECK = 18
const MARGIN = 2 + MARK + 1
const MIDDLE = MARGIN + CHECK + 1

export function printFinding({ io, colors }: Context, finding: Finding): void {
  const { level, check, message, code, docs, traceId, causes = [], remedy } = finding
  const [text, color] = MARKS[level]
  const mark = colors[color](text.padEnd(MARK))
  const [first = '', ...rest] = wrap(message, MIDDLE)
  // A name that is longer than its column has a line of its own.
  const begin = check.length > CHECK ? `${check}\n${' '.repeat(MIDDLE)}` : `${check.padEnd(CHECK)} `
  const lines = [`  ${mark} ${begin}${first}\n`]
  for (const line of rest) lines.push(`${' '.repeat(MIDDLE)}${line}\n`)
  const trace = traceId === undefined ? '' : `, the server's number ${traceId}`
  if (code !== undefined) lines.push(`${' '.repeat(MARGIN)}${colors.dim(code + trace)}\n`)
  if (docs !== undefined) {
    // Whole, so that it can be followed: a long one begins further left.
    const margin = Math.min(MARGIN, Math.max(0, COLUMNS - docs.length))
    lines.push(`${' '.repeat(margin)}${colors.dim(docs)}\n`)
  }
  if (causes.length > 0) {
    lines.push(`${' '.repeat(MARGIN)}Likely causes, the likeliest first:\n`)
    causes.forEach((cause, index) => {
      const [head = '', ...tail] = paragraph(cause, MARGIN + 3).split(/(?<=\n)/)
      lines.push(`${' '.repeat(MARGIN)}${index + 1}. ${head.trimStart()}${tail.join('')}`)
    })
  }
  if (remedy !== undefined) lines.push(paragraph(`Remedy: ${remedy}`, MARGIN))
  io.stdout.write(lines.join(''))
}
