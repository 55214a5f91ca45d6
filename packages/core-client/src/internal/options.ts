/**
 * Checks of options: each refusal names the option, the form expected and where to get it, and
 * never the value that was given. And copies of what is read later: keys, and what `fetch` takes second.
 */
import { isBytes } from '@isoauth/core-crypto'
import { type BaseUrl, readBaseUrl } from './base-url.ts'
import type { NewError } from './errors.ts'
import type { FetchInit, PlatformAbortSignal } from './runtime-types.ts'

/**
 * One object of options and what refuses them. Each kind of option is read by a function of its own (`readText`,
 * `readUrl`, …), so that a program carries those it uses; what is wrong throws `…_OPTION_INVALID` with the field `option`.
 */
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

  return { value: read as OptionReader<O>['value'], refuse }
}

/** Reads a non-empty text without blanks at its ends or quotation marks around it, control characters and lone surrogates, as given. */
export function readText<O extends object>(
  { value, refuse }: OptionReader<O>,
  option: keyof O & string,
  form: string,
  fallback?: string,
): string {
  const text: unknown = value(option, fallback as never)
  return isText(text) && !isQuoted(text) ? text : refuse(option, `${form}, without outer blanks`)
}

/** Reads `userAgent`: ASCII, since a header takes no more. Default: `isoauth`. */
export function readUserAgent({ value, refuse }: OptionReader<{ userAgent?: unknown }>): string {
  const userAgent = value('userAgent', 'isoauth')
  const isSendable = isText(userAgent) && /^[ -~]+$/.test(userAgent)
  return isSendable ? userAgent : refuse('userAgent', 'the name of your program in ASCII')
}

/** Reads true or false. Default: false. */
export function readFlag<O extends object>(
  { value, refuse }: OptionReader<O>,
  option: keyof O & string,
): boolean {
  const flag: unknown = value(option, false as never)
  return typeof flag === 'boolean' ? flag : refuse(option, 'true or false')
}

/** Reads a function, or nothing. */
export function readFunction<O extends object, Name extends keyof O & string>(
  { value, refuse }: OptionReader<O>,
  option: Name,
): O[Name] {
  const given = value(option)
  const isRight = given === undefined || typeof given === 'function'
  return isRight ? given : refuse(option, 'a function')
}

/** Reads `now`: milliseconds since 1970 at each call, or the call is refused. Default: `Date.now`. */
export function readNow({ value, refuse }: OptionReader<{ now?: unknown }>): () => number {
  const now: unknown = value('now', Date.now)
  const form = 'a function that gives milliseconds since 1970, as Date.now does'
  if (typeof now !== 'function') return refuse('now', form)
  return () => {
    const ms: unknown = now()
    const isTime = typeof ms === 'number' && ms >= 0 && ms <= LAST_MS
    return isTime ? ms : refuse('now', `${form}, each time`)
  }
}

/** Reads `waitUntil`, or nothing; what it throws or rejects with is dropped, since the work goes on. */
export function readWaitUntil(
  reader: OptionReader<{ waitUntil?: unknown }>,
): ((promise: Promise<unknown>) => void) | undefined {
  const waitUntil = readFunction(reader, 'waitUntil') as
    | ((promise: Promise<unknown>) => unknown)
    | undefined
  return (
    waitUntil &&
    ((promise) => {
      new Promise((done) => done(waitUntil(promise))).catch(() => {})
    })
  )
}

/** Reads a duration in milliseconds above zero and at most a day. */
export function readDurationMs<O extends object>(
  { value, refuse }: OptionReader<O>,
  option: keyof O & string,
  fallback: number,
): number {
  const ms: unknown = value(option, fallback as never)
  const isRight = typeof ms === 'number' && ms > 0 && ms <= 86_400_000
  return isRight ? ms : refuse(option, 'milliseconds above 0 and up to 86400000 (a day)')
}

/** Reads `signal`: an `AbortSignal`, or nothing. */
export function readSignal({
  value,
  refuse,
}: OptionReader<{ signal?: unknown }>): PlatformAbortSignal | undefined {
  const signal: unknown = value('signal')
  if (signal === undefined || signal === null) return undefined
  return isSignal(signal) ? signal : refuse('signal', 'an AbortSignal')
}

/** Reads an absolute URL: `https:` (`http:` on loopback only), without user, query or fragment. */
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
  if (isQuoted(text)) return 'a text in quotation marks'
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

/** A key or a token as it is now: who wipes its bytes after handing it over does so before it is first used. */
export function copyKey<Key>(key: Key): Key {
  if (isBytes(key)) return new Uint8Array(key) as Key
  const { kty } = Object(key) as { readonly kty?: unknown }
  return kty === undefined ? key : { ...key }
}

/** No id, key or token of a service begins and ends so; `docker --env-file` keeps the marks of a file. */
function isQuoted(text: string): boolean {
  return /^(["'`]).*\1$/.test(text)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !/^\s|\s$|[\p{Cc}\p{Cs}]/u.test(value)
}

/** What of a `Request` is passed on where it is not the platform's default; `cf` is Cloudflare's. */
export const PASSED = [
  'cache',
  'credentials',
  'integrity',
  'keepalive',
  'mode',
  'referrer',
  'referrerPolicy',
  'cf',
] as const

/** The members of an init that are not in {@link PASSED}. */
const OWN_MEMBERS = [
  'method',
  'headers',
  'body',
  'signal',
  'redirect',
  'priority',
  'duplex',
  'dispatcher',
] as const

/**
 * Copies an init with all that `fetch` reads of it: also what it inherits, and what its class has a getter for. What is
 * undefined is left out, and so is what would make the copy of a `Request` look like one.
 */
export function copyInit(init: FetchInit): FetchInit {
  const given = init as Readonly<Record<string, unknown>>
  const names = new Set<string>([...OWN_MEMBERS, ...PASSED])
  for (const name in given) names.add(name)
  names.delete('clone')
  const members = [...names].map((name) => [name, given[name]] as const)
  return Object.fromEntries(members.filter(([, value]) => value !== undefined))
}
