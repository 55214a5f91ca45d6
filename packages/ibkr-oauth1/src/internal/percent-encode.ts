/**
 * Percent-encoding (RFC 5849 section 3.6, RFC 3986 section 2.3).
 */
import { refuse } from './errors.ts'

/**
 * Percent-encodes a text: the UTF-8 bytes of everything but `A–Z a–z 0–9 - . _ ~` become `%XX` with
 * upper-case hex.
 *
 * @param text - any well-formed text; it is encoded once, so encoding twice encodes the `%`
 * @returns ASCII
 * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_OPTION_INVALID` for a lone surrogate or no string
 *
 * @example
 * ```ts
 * percentEncode('a b+c') // 'a%20b%2Bc'
 * ```
 *
 * Source: RFC 5849 section 3.6.
 */
export function percentEncode(text: string): string {
  // Most texts need no work; a lone surrogate makes the platform's function throw.
  if (typeof text === 'string') {
    if (/^[\w.~-]*$/.test(text)) return text
    try {
      return encodeURIComponent(text).replace(/[!*'()]/g, encodeAscii)
    } catch {}
  }
  return refuse('text', 'a string of well-formed Unicode')
}

function encodeAscii(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
