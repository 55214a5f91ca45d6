/**
 * The callback by which the person comes back from the consent page (RFC 5849 section 2.2).
 */
import { timingSafeEqual, utf8ToBytes } from '@isoauth/core-crypto'
import { newError } from './errors.ts'

/** How services say no; which of them the broker's page uses is not documented. */
const REFUSALS: readonly string[] = ['denied', 'error', 'oauth_problem']

/**
 * Reads the verifier from a callback URL (absolute, or path and query).
 *
 * @param requestToken - the one bound to this person's session
 * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_CALLBACK_INVALID`, `…_MISMATCH`, `…_REFUSED`
 */
export function readCallback(
  url: string | { readonly href: string },
  requestToken: string,
): { verifier: string } {
  const query = queryOf(url)
  const token = single(query, 'oauth_token')
  if (token !== undefined && !timingSafeEqual(utf8ToBytes(token), utf8ToBytes(requestToken))) {
    throw newError(
      'CALLBACK_MISMATCH',
      'The callback is for another request token than the one of this session: it belongs to another flow. Start again.',
    )
  }
  if (REFUSALS.some((name) => query.has(name))) {
    throw newError('CALLBACK_REFUSED', 'The person, or the broker, refused the authorization.')
  }
  const verifier = single(query, 'oauth_verifier')
  if (verifier !== undefined && verifier === verifier.trim() && isSendable(verifier)) {
    return { verifier }
  }
  throw newError(
    'CALLBACK_INVALID',
    'The callback has no oauth_verifier, or one with a control character or outer blanks. Start the authorization again.',
  )
}

/** True for a token or verifier that the next step takes: not empty, no control characters, no half of a character. */
export function isSendable(text: string): boolean {
  return /^[^\p{Cc}\p{Cs}]+$/u.test(text)
}

function queryOf(url: string | { readonly href: string }): URLSearchParams {
  const text = typeof url === 'string' ? url : url?.href
  if (typeof text === 'string' && text !== '') {
    try {
      return new URL(text, 'http://localhost').searchParams
    } catch {
      // Told below, without the URL: it holds a verifier.
    }
  }
  throw newError('CALLBACK_INVALID', 'The callback must be a URL, or the path and query of one.')
}

function single(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name)
  if (values.length > 1) throw newError('CALLBACK_INVALID', `The callback names ${name} twice.`)
  return values[0]
}
