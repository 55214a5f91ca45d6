/**
 * Checks of options: each refusal names the option, the form expected and where to get it, and
 * never the value that was given.
 */

import type { Raise } from './errors.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'

/**
 * Raises `…_OPTION_INVALID`: «Option … must be …; got …».
 *
 * @param form - the form expected, and where a right value comes from
 */
export function refuseOption(raise: Raise, option: string, value: unknown, form: string): never {
  throw raise(
    'OPTION_INVALID',
    `Option ${option} must be ${form}; got ${value === '' ? 'an empty string' : typeof value}.`,
    {
      option,
    },
  )
}

/** Refuses anything but an object of options. */
export function requireOptions(raise: Raise, options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    refuseOption(raise, 'options', options, 'an object')
  }
}

/**
 * A non-empty text without blanks at its ends and without control characters.
 * @returns the text as given
 */
export function requireText(raise: Raise, option: string, value: unknown, form: string): string {
  if (typeof value === 'string' && value !== '' && !/^\s|\s$|\p{Cc}/u.test(value)) return value
  return refuseOption(raise, option, value, `${form}, without outer blanks`)
}

/** The option `userAgent`: ASCII, since a header takes no more; `isoauth` where nothing is given. */
export function requireUserAgent(raise: Raise, value: unknown = 'isoauth'): string {
  const form = 'the name of your program in ASCII'
  const text = requireText(raise, 'userAgent', value, form)
  return /^[ -~]+$/.test(text) ? text : refuseOption(raise, 'userAgent', value, form)
}

/** One of a list of words, or the first where nothing is given. */
export function chooseWord<Word extends string>(
  raise: Raise,
  option: string,
  value: unknown,
  words: readonly [Word, ...Word[]],
): Word {
  if (value === undefined) return words[0]
  return (
    words.find((word) => word === value) ?? refuseOption(raise, option, value, words.join(' or '))
  )
}

/** A function, or nothing. */
export function optionalFunction<F>(
  raise: Raise,
  option: string,
  value: F | undefined,
): F | undefined {
  if (value === undefined || typeof value === 'function') return value
  return refuseOption(raise, option, value, 'a function')
}

/** A duration in milliseconds above zero and at most a day, or the default where nothing is given. */
export function durationMs(raise: Raise, option: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback
  if (typeof value === 'number' && value > 0 && value <= 86_400_000) return value
  return refuseOption(raise, option, value, 'milliseconds up to 86400000')
}

/** An `AbortSignal`, or nothing. */
export function optionalSignal(
  raise: Raise,
  value: PlatformAbortSignal | null | undefined,
): PlatformAbortSignal | undefined {
  if (!value) return undefined
  if (typeof value.throwIfAborted === 'function') return value
  return refuseOption(raise, 'signal', value, 'an AbortSignal')
}
