/**
 * Checks of options: each refusal names the option, the form expected and where to get it, and
 * never the value that was given.
 */
import { type BaseUrl, readBaseUrl } from './base-url.ts'
import type { NewError } from './errors.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'

/** Reads options of one object; what is wrong throws `…_OPTION_INVALID` with the field `option`. */
export interface OptionReader<O extends object> {
  /** The value as given. */
  value<Name extends keyof O & string>(option: Name): O[Name]
  /**
   * Refuses an option: «Option … must be …; got …».
   *
   * @param form - the form expected, and where a right value comes from
   */
  refuse(option: keyof O & string, form: string): never
  /** A non-empty text without blanks at its ends and without control characters, as given. */
  text(option: keyof O & string, form: string, fallback?: string): string
  /** The option `userAgent`: ASCII, since a header takes no more. Default: `isoauth`. */
  userAgent(): string
  /** An absolute URL: `https:` (`http:` on loopback only), without user, query or fragment. */
  url(option: keyof O & string, fallback: string): BaseUrl
  /** One of a list of words. Default: the first. */
  word<Word extends string>(option: keyof O & string, words: readonly [Word, ...Word[]]): Word
  /** True or false. Default: false. */
  flag(option: keyof O & string): boolean
  /** A function, or nothing. */
  function<Name extends keyof O & string>(option: Name): O[Name]
  /** The option `now`: milliseconds since 1970 at each call, or the call is refused. Default: `Date.now`. */
  now(): () => number
  /** The option `waitUntil`, or nothing; what it throws or rejects with is dropped, since the work goes on. */
  waitUntil(): ((promise: Promise<unknown>) => void) | undefined
  /** A duration in milliseconds above zero and at most a day. */
  durationMs(option: keyof O & string, fallback: number): number
  /** Whole seconds from 1 to a limit. */
  seconds(option: keyof O & string, fallback: number, limit: number): number
  /** The option `signal`: an `AbortSignal`, or nothing. */
  signal(): PlatformAbortSignal | undefined
}

/** Of later times no text can be made. */
const LAST_MS = 8.64e15

/**
 * Makes the reader of one object of options; anything but an object is refused at once. Nothing at all is an object
 * without options, so that what is required is named.
 */
export function createOptionReader<O extends object>(
  options: O | undefined,
  newError: NewError,
): OptionReader<O> {
  const given = (options === undefined ? {} : options) as Readonly<Record<string, unknown>>
  if (!isObject(given)) return refuseOption(newError, 'options', given, 'an object')
  const refuse = (option: string, form: string) =>
    refuseOption(newError, option, given[option], form)

  return {
    value: (option) => given[option] as O[typeof option],
    refuse,
    text(option, form, fallback) {
      const { [option]: value = fallback } = given
      return isText(value) ? value : refuse(option, `${form}, without outer blanks`)
    },
    userAgent() {
      const { userAgent = 'isoauth' } = given
      const isSendable = isText(userAgent) && /^[ -~]+$/.test(userAgent)
      return isSendable ? userAgent : refuse('userAgent', 'the name of your program in ASCII')
    },
    url(option, fallback) {
      const { [option]: value = fallback } = given
      const form = 'an https:// URL without user, query and fragment (http:// on this machine only)'
      return readBaseUrl(value) ?? refuse(option, form)
    },
    word(option, words) {
      const { [option]: value = words[0] } = given
      return words.find((word) => word === value) ?? refuse(option, words.join(' or '))
    },
    flag(option) {
      const { [option]: value = false } = given
      return typeof value === 'boolean' ? value : refuse(option, 'true or false')
    },
    function(option) {
      const value = given[option] as O[typeof option]
      const isRight = value === undefined || typeof value === 'function'
      return isRight ? value : refuse(option, 'a function')
    },
    now() {
      const { now = Date.now } = given
      const form = 'a function that gives milliseconds since 1970, as Date.now does'
      if (typeof now !== 'function') return refuse('now', form)
      return () => {
        const ms: unknown = now()
        const isTime = typeof ms === 'number' && ms >= 0 && ms <= LAST_MS
        return isTime ? ms : refuse('now', form)
      }
    },
    waitUntil() {
      const { waitUntil } = given
      if (waitUntil === undefined) return undefined
      if (typeof waitUntil !== 'function') return refuse('waitUntil', 'a function')
      return (promise) => {
        new Promise((done) => done(waitUntil(promise))).catch(() => {})
      }
    },
    durationMs(option, fallback) {
      const { [option]: value = fallback } = given
      const isRight = typeof value === 'number' && value > 0 && value <= 86_400_000
      return isRight ? value : refuse(option, 'milliseconds above 0 and up to 86400000 (a day)')
    },
    seconds(option, fallback, limit) {
      const { [option]: value = fallback } = given
      const isRight = Number.isInteger(value) && (value as number) > 0 && (value as number) <= limit
      return isRight ? (value as number) : refuse(option, `whole seconds from 1 to ${limit}`)
    },
    signal() {
      const { signal } = given as { readonly signal?: PlatformAbortSignal | null | undefined }
      if (!signal) return undefined
      return isSignal(signal) ? signal : refuse('signal', 'an AbortSignal')
    },
  }
}

/** Refuses an option that no reader holds, such as an argument of `fetch`. */
export function refuseOption(
  newError: NewError,
  option: string,
  value: unknown,
  form: string,
): never {
  const message = `Option ${option} must be ${form}; got ${kindOf(value)}.`
  throw newError('OPTION_INVALID', message, { option })
}

/** What was given, by its kind and by what is seen to be wrong with it; of the value itself nothing. */
function kindOf(value: unknown): string {
  if (value === '') return 'an empty string'
  if (value === null) return 'null'
  if (typeof value === 'string') return kindOfText(value)
  if (isPromise(value)) return 'a promise that was not awaited'
  return Array.isArray(value) ? 'an array' : typeof value
}

function isPromise(value: unknown): boolean {
  try {
    return typeof Object(value).then === 'function'
  } catch {
    // What throws when it is looked at is something else.
    return false
  }
}

/** Files and variables end with a line break more often than not. */
function kindOfText(text: string): string {
  if (/[\r\n]/.test(text.slice(text.trimEnd().length))) return 'a text that ends with a line break'
  if (text.trim() !== text) return 'a text with blanks around it'
  if (/\p{Cc}/u.test(text)) return 'a text with a control character in it'
  return /^http:/i.test(text) ? 'a text that begins with http:' : 'string'
}

/** True for an `AbortSignal` of any realm. */
export function isSignal(value: unknown): value is PlatformAbortSignal {
  const methods = ['throwIfAborted', 'addEventListener', 'removeEventListener'] as const
  const signal = Object(value) as Partial<PlatformAbortSignal>
  return methods.every((method) => typeof signal[method] === 'function')
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !/^\s|\s$|\p{Cc}/u.test(value)
}
