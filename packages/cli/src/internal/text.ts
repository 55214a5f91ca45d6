/** Text for a terminal of 80 columns. */
import { Help } from 'commander'
import { createColors } from 'picocolors'
import type { Io, Output } from './io.ts'

export const COLUMNS = 80

export type Colors = ReturnType<typeof createColors>

/** What `--color` takes. */
export const COLOR_CHOICES = ['auto', 'always', 'never'] as const

export type ColorChoice = (typeof COLOR_CHOICES)[number]

/**
 * Colours where a person looks who does not decline them (https://no-color.org), and where FORCE_COLOR
 * asks for them (https://force-color.org). What an option says wins over both.
 */
export function colorsFor(output: Output, env: Io['env'], choice: ColorChoice = 'auto'): Colors {
  if (choice !== 'auto') return createColors(choice === 'always')
  const forced = env['FORCE_COLOR'] ?? ''
  const isDeclined = (env['NO_COLOR'] ?? '') !== '' || forced === '0' || forced === 'false'
  const isLooked = output.isTerminal && env['TERM'] !== 'dumb'
  return createColors(!isDeclined && (isLooked || forced !== ''))
}

/** Text for a terminal: of control characters only line ends and tabs are left, the others are named. */
export function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\t\n\r]|\r(?!\n|$)/gu, nameOf)
}

function nameOf(letter: string): string {
  const code = letter.charCodeAt(0)
  return code < 0x80 ? `^${String.fromCharCode(code ^ 0x40)}` : `\\x${code.toString(16)}`
}

/** A line that is cleared, but only where the writing begins; colours; then whatever else steers. */
const STEERING = /^\r\p{Cc}\[2?K|\p{Cc}\[(?:[12]|22|3[1-6]|39)m|\r(?!\n|$)|[^\P{Cc}\t\n\r]/gu

/**
 * An output that steers a terminal by what this command itself writes alone, colours and a line that is cleared: whatever
 * a service, a file or an argument has put into a text is named instead.
 */
export function guarded(output: Output): Output {
  if (!output.isTerminal) return output
  return {
    isTerminal: true,
    get columns() {
      return output.columns
    },
    write: (chunk) =>
      output.write(typeof chunk === 'string' ? chunk.replace(STEERING, ownOrNamed) : chunk),
  }
}

function ownOrNamed(found: string): string {
  if (found.length > 1 && found.includes('\u001b')) return found
  return nameOf(found) + found.slice(1)
}

/** What there is room for of a line that is rewritten in place: the rest would be a line of its own, which stays. */
export function inOneLine(text: string, { columns }: Output): string {
  const room = (columns || COLUMNS) - 1
  return text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`
}

const QUOTED = String.raw`'(?:[^']|'\\'')*'|"[^"]*"`
/** A command that is told, to its last option, or a quoted word of one: it is copied, and a line break would be in it. */
const COMMAND = new RegExp(
  String.raw`\bisoauth [a-z-]+(?: (?:open|watch|status|close)\b)?(?: (?:GET|POST) \S+)?(?: --?[a-z][\w-]*(?: (?:${QUOTED}|[^\s'"-]\S*))?)*|(?<=\s)'(?:[^']|'\\'')*'`,
  'g',
)
/** Stands for a blank at which no line breaks. */
const KEPT_BLANK = '\ue000'

/** Breaks text into lines that fit behind an indent; a word or a command that is too long stays whole. */
export function wrap(text: string, indent = 0): string[] {
  const kept = text.replace(COMMAND, (command) => command.replaceAll(' ', KEPT_BLANK))
  const lines = new Help().boxWrap(kept, COLUMNS - indent)
  return lines.replaceAll(KEPT_BLANK, ' ').split('\n')
}

/** Wrapped text as lines, each behind blanks. */
export function paragraph(text: string, indent = 0): string {
  const margin = ' '.repeat(indent)
  return wrap(text, indent)
    .map((line) => `${margin}${line}\n`)
    .join('')
}

/** `1 file`, `2 files`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}

/** A time in the largest unit that is not below one: `3 s`, `59 min`, `2 h`. */
export function roundedTime(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000)
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}
