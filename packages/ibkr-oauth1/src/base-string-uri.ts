/**
 * The base string URI (RFC 5849 section 3.4.1.2) and the query as it stands on the wire.
 */
import { refuse } from './internal/raise.ts'

/** A URL taken apart without changing its path or query. */
export interface BaseStringUri {
  /** Scheme and host in lower case, no default port, path as sent (`/` at least). */
  readonly uri: string
  /** What stands behind the `?`, undecoded; empty without one. */
  readonly query: string
}

/**
 * Takes a URL apart. The text is kept as it is: a URL parser would rewrite the query, and what is
 * signed must be what is sent.
 *
 * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_OPTION_INVALID`
 */
export function baseStringUri(url: string | { readonly href: string }): BaseStringUri {
  const text = typeof url === 'string' ? url : url?.href
  const match = /^(https?):\/\/([^/?#@\s]+)((?:\/[^?#]*)?)(?:\?([^#]*))?(?:#.*)?$/i.exec(text ?? '')
  if (match === null) return refuse('url', 'an absolute URL without user name')
  const [, scheme = '', authority = '', path = '', query = ''] = match
  const protocol = scheme.toLowerCase()
  const host = authority.toLowerCase().replace(protocol === 'https' ? /:443$/ : /:80$/, '')
  return { uri: `${protocol}://${host}${path || '/'}`, query }
}
