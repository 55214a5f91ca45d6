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

/** Breaks text into lines that fit behind an indent; a word that is too long stays whole. */
export function wrap(text: string, indent = 0): string[] {
  return new Help().boxWrap(text, COLUMNS - indent).split('\n')
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
