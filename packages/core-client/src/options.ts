/**
 * Checks of options: each refusal names the option, the form expected and where to get it, and
 * never the value that was given.
 */
import type { Raise } from './errors.ts'

/** What a refusal says beside the option's name. */
export interface OptionHelp {
  /** The form expected, as the end of «must be …». */
  readonly form: string
  /** Where a right value comes from: a sentence. */
  readonly remedy?: string | undefined
}

/** Raises `…_OPTION_INVALID` for an option. */
export function refuseOption(raise: Raise, option: string, found: string, help: OptionHelp): never {
  const remedy = help.remedy === undefined ? '' : ` ${help.remedy}`
  throw raise('OPTION_INVALID', `Option ${option} must be ${help.form}; got ${found}.${remedy}`, {
    option,
  })
}

/** Says what kind of thing a value is, without showing it. */
export function describeKind(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (value === '') return 'an empty string'
  if (typeof value === 'string') return value.trim() === '' ? 'a blank string' : 'another string'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number')
    return Number.isFinite(value) ? 'another number' : 'no finite number'
  return typeof value === 'object' ? 'an object of another kind' : `a ${typeof value}`
}

/** Refuses anything but an object of options. */
export function requireOptions(raise: Raise, options: unknown): void {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return
  refuseOption(raise, 'options', describeKind(options), { form: 'an object with the options' })
}

/**
 * A non-empty text without blanks at its ends and without control characters.
 * @returns the text as given
 */
export function requireText(
  raise: Raise,
  option: string,
  value: unknown,
  help: OptionHelp,
): string {
  if (typeof value !== 'string' || value.trim() === '') {
    return refuseOption(raise, option, describeKind(value), help)
  }
  if (value !== value.trim()) {
    return refuseOption(raise, option, 'a string with blanks or line breaks at its ends', help)
  }
  if (hasControlCharacter(value)) {
    return refuseOption(raise, option, 'a string with control characters in it', help)
  }
  return value
}

/** The option `userAgent`: ASCII, since a header takes no more; `isoauth` where nothing is given. */
export function requireUserAgent(raise: Raise, value: unknown = 'isoauth'): string {
  const form = 'the name of your program in ASCII'
  const text = requireText(raise, 'userAgent', value, { form })
  return /^[ -~]+$/.test(text)
    ? text
    : refuseOption(raise, 'userAgent', 'a string with other characters', { form })
}

/** One of a list of words, or the default where nothing is given. */
export function chooseWord<Word extends string>(
  raise: Raise,
  option: string,
  value: unknown,
  words: readonly [Word, ...Word[]],
): Word {
  if (value === undefined) return words[0]
  const found = words.find((word) => word === value)
  const form = `one of ${words.map((word) => `'${word}'`).join(', ')}`
  return found ?? refuseOption(raise, option, describeKind(value), { form })
}

/** A function, or nothing. */
export function optionalFunction<F>(
  raise: Raise,
  option: string,
  value: F | undefined,
): F | undefined {
  if (value === undefined || typeof value === 'function') return value
  return refuseOption(raise, option, describeKind(value), { form: 'a function' })
}

/** A duration in milliseconds above zero and at most a day, or the default where nothing is given. */
export function durationMs(raise: Raise, option: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback
  if (typeof value === 'number' && value > 0 && value <= 86_400_000) return value
  return refuseOption(raise, option, describeKind(value), {
    form: 'a number of milliseconds above 0 and at most 86400000 (one day)',
  })
}

/** An `AbortSignal`, or nothing. */
export function optionalSignal(
  raise: Raise,
  value: AbortSignal | null | undefined,
): AbortSignal | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value.aborted === 'boolean' && typeof value.addEventListener === 'function')
    return value
  return refuseOption(raise, 'signal', describeKind(value), { form: 'an AbortSignal' })
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || unit === 0x7f) return true
  }
  return false
}
