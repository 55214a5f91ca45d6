/**
 * Checks of options: each refusal names the option, the form expected and where to get it, and
 * never the value that was given.
 */
import { isBytes } from '@isoauth/core-crypto'
import { type BaseUrl, readBaseUrl } from './base-url.ts'
import type { NewError } from './errors.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'

/** Reads options of one object; what is wrong throws `…_OPTION_INVALID` with the field `option`. */
export interface OptionReader<O extends object> {
  /** The value as given. */
  value<Name extends keyof O & string>(option: Name): O[Name]
  /** The value as given, or what stands for nothing. */
  value<Name extends keyof O & string>(
    option: Name,
    fallback: Exclude<O[Name], undefined>,
  ): Exclude<O[Name], undefined>
  /**
   * Refuses an option: «Option … must be …; got …».
   *
   * @param form - the form expected, and where a right value comes from
   */
  refuse(option: keyof O & string, form: string): never
  /** A non-empty text without blanks at its ends, control characters and lone surrogates, as given. */
  text(option: keyof O & string, form: string, fallback?: string): string
  /** The option `userAgent`: ASCII, since a header takes no more. Default: `isoauth`. */
  userAgent(): string
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
  /** The option `signal`: an `AbortSignal`, or nothing. */
  signal(): PlatformAbortSignal | undefined
}

/** Of later times no text can be made. */
const LAST_MS = 8.64e15

/**
 * Makes the reader of one object of options; anything but an object is refused at once. Nothing at all is an object
 * without options, so that what is required is named. An option that is given under another spelling alone (`baseURL`
 * for `baseUrl`) is refused when it is read: its default would else be used, and nothing would tell so.
 */
export function createOptionReader<O extends object>(
  options: O | undefined,
  newError: NewError,
): OptionReader<O> {
  const given = (options === undefined ? {} : options) as Readonly<Record<string, unknown>>
  if (!isObject(given)) return refuseOption(newError, 'options', given, 'an object')
  const refuse = (option: string, form: string) =>
    refuseOption(newError, option, given[option], form)
  const read = (option: string, fallback?: unknown): unknown => {
    const { [option]: value } = given
    if (value !== undefined) return value
    refuseOtherSpelling(newError, option, given)
    return fallback
  }

  return {
    value: read as OptionReader<O>['value'],
    refuse,
    text(option, form, fallback) {
      const value = read(option, fallback)
      return isText(value) ? value : refuse(option, `${form}, without outer blanks`)
    },
    userAgent() {
      const userAgent = read('userAgent', 'isoauth')
      const isSendable = isText(userAgent) && /^[ -~]+$/.test(userAgent)
      return isSendable ? userAgent : refuse('userAgent', 'the name of your program in ASCII')
    },
    flag(option) {
      const value = read(option, false)
      return typeof value === 'boolean' ? value : refuse(option, 'true or false')
    },
    function(option) {
      const value = read(option) as O[typeof option]
      const isRight = value === undefined || typeof value === 'function'
      return isRight ? value : refuse(option, 'a function')
    },
    now() {
      const now = read('now', Date.now)
      const form = 'a function that gives milliseconds since 1970, as Date.now does'
      if (typeof now !== 'function') return refuse('now', form)
      return () => {
        const ms: unknown = now()
        const isTime = typeof ms === 'number' && ms >= 0 && ms <= LAST_MS
        return isTime ? ms : refuse('now', `${form}, each time`)
      }
    },
    waitUntil() {
      const waitUntil = read('waitUntil')
      if (waitUntil === undefined) return undefined
      if (typeof waitUntil !== 'function') return refuse('waitUntil', 'a function')
      return (promise) => {
        new Promise((done) => done(waitUntil(promise))).catch(() => {})
      }
    },
    durationMs(option, fallback) {
      const value = read(option, fallback)
      const isRight = typeof value === 'number' && value > 0 && value <= 86_400_000
      return isRight ? value : refuse(option, 'milliseconds above 0 and up to 86400000 (a day)')
    },
    signal() {
      const signal = read('signal')
      if (signal === undefined || signal === null) return undefined
      return isSignal(signal) ? signal : refuse('signal', 'an AbortSignal')
    },
  }
}

/**
 * Reads an absolute URL: `https:` (`http:` on loopback only), without user, query or fragment. No method of a reader, so
 * that who reads none does not carry it.
 */
export function readUrl<O extends object>(
  { value, refuse }: OptionReader<O>,
  option: keyof O & string,
  fallback: string,
): BaseUrl {
  const form = 'an https:// URL without user, query and fragment (http:// on this machine only)'
  return readBaseUrl(value(option, fallback as never)) ?? refuse(option, form)
}

/** Reads one of a list of words. Default: the first. */
export function readWord<O extends object, Word extends string>(
  { value, refuse }: OptionReader<O>,
  option: keyof O & string,
  words: readonly [Word, ...Word[]],
): Word {
  const given: unknown = value(option, words[0] as never)
  return words.find((word) => word === given) ?? refuse(option, words.join(' or '))
}

/** Reads whole seconds from 1 to a limit. */
export function readSeconds<O extends object>(
  { value, refuse }: OptionReader<O>,
  option: keyof O & string,
  fallback: number,
  limit: number,
): number {
  const given: unknown = value(option, fallback as never)
  const isRight = Number.isInteger(given) && (given as number) > 0 && (given as number) <= limit
  return isRight ? (given as number) : refuse(option, `whole seconds from 1 to ${limit}`)
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

/** Refuses an option that is missing where a name stands there that differs from its own in spelling alone. */
function refuseOtherSpelling(newError: NewError, option: string, given: object): void {
  const key = Object.keys(given).find((one) => one !== option && bare(one) === bare(option))
  if (key === undefined) return
  const message = `Option ${option} is spelled ${key}, and would be left out. Write ${option}.`
  throw newError('OPTION_INVALID', message, { option })
}

/** A name without what its spelling differs by, its unit among that: `timeout` stands for `timeoutMs`. */
function bare(name: string): string {
  return name
    .replace(/[-_ ]/g, '')
    .toLowerCase()
    .replace(/(ms|seconds)$/, '')
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
  if (/\p{Cs}/u.test(text)) return 'a text with half of a character in it'
  return /^http:/i.test(text) ? 'a text that begins with http:' : 'string'
}

/** True for an `AbortSignal` of any realm. */
export function isSignal(value: unknown): value is PlatformAbortSignal {
  const methods = ['throwIfAborted', 'addEventListener', 'removeEventListener'] as const
  const signal = Object(value) as Partial<PlatformAbortSignal>
  return methods.every((method) => typeof signal[method] === 'function')
}

/** True for an object with members, which a list and a promise are not meant to be. */
export function isObject(value: unknown): value is object {
  return kindOf(value) === 'object'
}

/** A key as it is now: who wipes its bytes after handing it over does so before it is first used. */
export function copyKey<Key>(key: Key): Key {
  if (isBytes(key)) return new Uint8Array(key) as Key
  const { kty } = Object(key) as { readonly kty?: unknown }
  return kty === undefined ? key : { ...key }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !/^\s|\s$|[\p{Cc}\p{Cs}]/u.test(value)
}
