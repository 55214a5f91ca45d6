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
      const encoded = encodeURIComponent(text)
      // Most texts have none of these; to look is cheaper than to replace nothing.
      return /[!'()*]/.test(text) ? encodeLeft(encoded) : encoded
    } catch {}
  }
  return refuse('text', 'a string of well-formed Unicode')
}

/** Encodes what the platform's function left; `replace` with a function takes twice as long. */
function encodeLeft(encoded: string): string {
  const left = /[!'()*]/g
  let text = ''
  let from = 0
  for (let found = left.exec(encoded); found; found = left.exec(encoded)) {
    text += encoded.slice(from, found.index) + LEFT_BY_PLATFORM[found[0]]
    from = left.lastIndex
  }
  return text + encoded.slice(from)
}

/** What the platform's function leaves as it is although it is reserved (RFC 3986 section 2.2). */
const LEFT_BY_PLATFORM: Readonly<Record<string, string>> = {
  '!': '%21',
  "'": '%27',
  '(': '%28',
  ')': '%29',
  '*': '%2A',
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** The digits of base64, percent-encoded; made at first use. */
const digits: string[] = []

/**
 * Percent-encodes the base64 text of bytes: what `percentEncode(bytesToBase64(bytes))` gives, in one pass, since
 * each request that is signed needs it.
 */
export function percentEncodeBase64(bytes: Uint8Array): string {
  if (digits.length === 0) digits.push(...[...BASE64].map(percentEncode))
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]]
    text += digits[first >> 2]! + digits[((first & 3) << 4) | (second >> 4)]!
    text += at + 1 < bytes.length ? digits[((second & 15) << 2) | (third >> 6)]! : '%3D'
    text += at + 2 < bytes.length ? digits[third & 63]! : '%3D'
  }
  return text
}
