/**
 * The base URL of a service, and the rule that nothing outside of its origin and path is signed.
 *
 * `new URL('/x', base)` drops the base's path, `//evil` changes the host and `%2e%2e` climbs out, so
 * paths are appended as text, parsed, and then compared with the base.
 */
import type { Raise } from './errors.ts'
import { describeKind, refuseOption } from './options.ts'
import type { PlatformRequest, PlatformUrl } from './runtime-types.ts'

/** A checked base URL. */
export interface BaseUrl {
  /** `https://api.ibkr.com/v1/api`: no slash at the end, no query, no fragment. */
  readonly href: string
  readonly origin: string
  /** `/v1/api`, or empty for the root. */
  readonly path: string
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Tells whether a host name is this machine: `localhost`, `127.0.0.0/8` or `[::1]`. */
export function isLoopbackHost(hostname: string): boolean {
  return LOOPBACK.test(hostname)
}

/** Checks a base URL: absolute, `https:` (`http:` on loopback only), without credentials, query or fragment. */
export function parseBaseUrl(raise: Raise, option: string, value: unknown): BaseUrl {
  const form = "an absolute https URL (http on loopback only) like 'https://host/path'"
  const text = typeof value === 'string' ? value : hrefOf(value)
  if (text === undefined) return refuseOption(raise, option, describeKind(value), { form })
  const url = parseUrl(text)
  if (url === undefined) return refuseOption(raise, option, 'a string that is no URL', { form })
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname))) {
    return refuseOption(raise, option, `a URL with the scheme ${url.protocol}//`, { form })
  }
  if (url.username !== '' || url.password !== '') {
    return refuseOption(raise, option, 'a URL with a user name or password', { form })
  }
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) {
    return refuseOption(raise, option, 'a URL with a query or fragment', { form })
  }
  const path = url.pathname.replace(/\/+$/, '')
  return { href: url.origin + path, origin: url.origin, path }
}

/**
 * Resolves a path, an absolute URL or a `Request` against the base.
 *
 * @returns the URL to send to, normalised by the platform's parser, without fragment
 * @throws `…_URL_REFUSED` when origin or path are not the base's
 */
export function resolveUrl(
  raise: Raise,
  base: BaseUrl,
  input: string | PlatformUrl | PlatformRequest,
): URL {
  const url = parseUrl(absoluteText(raise, base, input))
  if (url === undefined) throw raise('URL_REFUSED', 'The request URL cannot be parsed.')
  if (url.origin !== base.origin || url.username !== '' || url.password !== '') {
    throw raise(
      'URL_REFUSED',
      `Not signed: the request goes to another origin than ${base.origin} of the base URL.`,
    )
  }
  if (!isUnder(base.path, url.pathname)) {
    throw raise('URL_REFUSED', `Not signed: the request's path is not below ${base.href}/.`)
  }
  url.hash = ''
  return url
}

function absoluteText(raise: Raise, base: BaseUrl, input: unknown): string {
  if (typeof input === 'string') {
    if (/^[a-z][a-z0-9+.-]*:/i.test(input)) return input
    if (/^[/\\]{2}/.test(input)) {
      throw raise('URL_REFUSED', 'Not signed: a path that begins with // names another host.')
    }
    if (input === '' || /^[?#]/.test(input)) return base.href + input
    return `${base.href}/${input.replace(/^[/\\]/, '')}`
  }
  const href = hrefOf(input)
  if (href !== undefined) return href
  throw raise('URL_REFUSED', `A path, URL or Request is expected; got ${describeKind(input)}.`)
}

function hrefOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { href, url } = value as { href?: unknown; url?: unknown }
  if (typeof href === 'string') return href
  return typeof url === 'string' ? url : undefined
}

function isUnder(basePath: string, path: string): boolean {
  if (path !== basePath && !path.startsWith(`${basePath}/`)) return false
  // The parser resolves `..` and `%2e%2e`; an encoded slash hides them from it, not from a server.
  return !path
    .replace(/%2e/gi, '.')
    .split(/\/|\\|%2f|%5c/i)
    .includes('..')
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
