/**
 * The base URL of a service, and the rule that nothing outside of its origin and path is signed.
 *
 * `new URL('/x', base)` drops the base's path, `//evil` changes the host and `%2e%2e` climbs out, so
 * paths are appended as text, parsed, and then compared with the base.
 */
import type { NewError } from './errors.ts'
import type { PlatformRequest, PlatformUrl } from './runtime-types.ts'

/** A checked base URL. */
export interface BaseUrl {
  /** `https://api.ibkr.com/v1/api`: no slash at the end, no query, no fragment. */
  readonly href: string
  readonly origin: string
  /** `/v1/api`, or empty for the root. */
  readonly path: string
}

/** Tells whether a host name is this machine: `localhost`, `127.0.0.0/8` or `[::1]`. */
export function isLoopbackHost(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1])$/.test(hostname)
}

/**
 * Reads a base URL: absolute, `https:` (`http:` on loopback only), without user, query or fragment;
 * undefined for any other.
 */
export function readBaseUrl(value: unknown): BaseUrl | undefined {
  const text = textOf(value)
  const url = parseUrl(text)
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname))
  if (!url || !isSafe || /[\s?#]/.test(text ?? '')) return undefined
  const path = withoutTrailingSlashes(url.pathname)
  return { href: url.origin + path, origin: url.origin, path }
}

/**
 * Resolves a path, an absolute URL or a `Request` against the base.
 *
 * @returns the URL to send to, normalised by the platform's parser, without fragment
 * @throws `…_URL_REFUSED` when origin or path are not the base's
 */
export function resolveUrl(
  newError: NewError,
  base: BaseUrl,
  input: string | PlatformUrl | PlatformRequest,
): PlatformUrl {
  const url = parseUrl(typeof input === 'string' ? absoluteText(base, input) : textOf(input))
  if (url?.origin !== base.origin || !isUnder(base.path, url.pathname)) {
    throw newError(
      'URL_REFUSED',
      `The request was not signed: its URL must lie below ${base.href}/. Give a path, or a URL below that.`,
    )
  }
  url.hash = ''
  return url
}

/**
 * What to check after a refusal of no special kind: a base that ends in the path of an API, where its
 * client adds that by itself, is the likely cause.
 *
 * @param otherwise - what to say of any other base
 */
export function describeBaseCause(
  { path }: BaseUrl,
  otherwise = ' Check baseUrl and the other options.',
): string {
  if (!/\/(api\/v1|v1\/api)$/.test(path)) return otherwise
  return ` The likely cause is baseUrl, which ends in ${path}: give the part before that, since the client adds the paths of its calls.`
}

function absoluteText(base: BaseUrl, input: string): string {
  // A scheme makes it absolute; `//host` and `/\host` would too, and no origin is written so.
  if (/^([a-z][a-z\d+.-]*:|[/\\]{2})/i.test(input)) return input
  const isSuffix = input === '' || /^[?#]/.test(input)
  return isSuffix ? base.href + input : `${base.href}/${input.replace(/^[/\\]/, '')}`
}

function textOf(value: unknown): string | undefined {
  const { href, url } = Object(value) as { href?: string; url?: string }
  return typeof value === 'string' ? value : (href ?? url)
}

function isUnder(basePath: string, path: string): boolean {
  return (path === basePath || path.startsWith(`${basePath}/`)) && !isClimbing(path)
}

/**
 * Tells whether a server may climb where the parser, which resolves `..` and `%2e%2e`, saw a name:
 * servers undo escapes, some more than once, take a backslash for a slash, and cut the parameters of a
 * segment (`..;x`) and what follows a NUL.
 */
function isClimbing(path: string): boolean {
  return undoEscapes(undoEscapes(path))
    .replace(OVERLONG, asciiOf)
    .split(/[/\\]/)
    .some((segment) => /^\s*\.+\s*$/.test(segment.split(/[;\0]/, 1)[0] ?? ''))
}

/**
 * Byte by byte: what is no ASCII is no dot or slash either. A percent sign that was itself escaped, however
 * often, and the form `%u002e` of some servers count as one escape.
 */
function undoEscapes(path: string): string {
  return path.replace(/%(?:25)*(?:u00)?([\da-f]{2})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

/** ASCII in more bytes of UTF-8 than it needs (RFC 3629 section 10), which careless servers take. */
const OVERLONG = /(?:[\xc0\xc1]|\xe0[\x80\x81]|\xf0\x80[\x80\x81])[^/]/g

function asciiOf(bytes: string): string {
  const [high = 0, low = 0] = [bytes.length - 2, bytes.length - 1].map((at) => bytes.charCodeAt(at))
  return String.fromCharCode(((high & 1) << 6) | (low & 63))
}

/** A loop, for `/\/+$/` takes quadratic time. */
function withoutTrailingSlashes(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end -= 1
  return path.slice(0, end)
}

/** Undefined for what is no absolute URL, or has a user. */
function parseUrl(text: string | undefined): PlatformUrl | undefined {
  try {
    const url = new URL(text ?? '')
    return url.username || url.password ? undefined : url
  } catch {
    return undefined
  }
}
