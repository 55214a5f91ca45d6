/**
 * The content of a key file as people have it: bytes or text, UTF-8 or UTF-16, with line breaks
 * written as `\n` in an environment variable, with blanks that nobody sees, or in base64 once more.
 */
import { isBytes } from './bytes.ts'
import { TAG_SEQUENCE } from './der.ts'
import { base64ToBytes } from './encoding.ts'

/** What a file holds: DER, or text without blanks around it. */
export type KeyFile =
  | { readonly form: 'der'; readonly der: Uint8Array }
  | { readonly form: 'text'; readonly text: string }
  /** Neither text nor bytes, or nothing in it. */
  | { readonly form: 'none' }
  | { readonly form: 'too-long' }

/** No key file is longer, in bytes or characters; what is longer is refused before it is read. */
export const MAXIMUM_LENGTH = 65_536

const MISSING_BLANKS = /[\0\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g
const OTHER_BLANKS = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g
/** Written escapes, however often they were escaped again: up to eight, so that a run of them is read once. */
const OTHER_LINE_BREAKS = /\\{1,8}[nr]|[\u0085\u2028\u2029]/g

/** Reads what was given as a file: its text, or its bytes. */
export function readKeyFile(input: unknown): KeyFile {
  const isText = typeof input === 'string'
  if (!isText && !isBytes(input)) return { form: 'none' }
  if (input.length > MAXIMUM_LENGTH) return { form: 'too-long' }
  const decoded = isText ? input : textOfBytes(input)
  if (decoded === undefined) return { form: 'der', der: input as Uint8Array }
  const text = withoutOddBlanks(decoded)
  return text === '' ? { form: 'none' } : { form: 'text', text }
}

/**
 * Reads text that is base64 of a PEM or DER file, as secrets are often kept; undefined where it is
 * anything else.
 */
export function unwrapBase64(text: string): KeyFile | undefined {
  const compact = text.replace(/\s+/g, '').replace(/={1,2}$/, '')
  if (compact.length < 64 || /[^\w+/-]/.test(compact)) return undefined
  const standard = compact.replace(/-/g, '+').replace(/_/g, '/')
  const bytes = decoded(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='))
  const file = readKeyFile(bytes)
  if (file.form === 'der' && file.der[0] === TAG_SEQUENCE) return file
  return file.form === 'text' && file.text.includes('-----BEGIN ') ? file : undefined
}

/** True for text that names a file instead of being one. Base64 has slashes too, but is longer. */
export function isFileName(text: string): boolean {
  if (text.length > 255 || /\n|-----/.test(text)) return false
  const start = /^["']?(file:|~?\/|\.{1,2}[\\/]|[a-z]:[\\/]|\\\\)/i
  const ending = /\.[a-z][a-z\d]{1,4}["']?$/i
  return start.test(text) || ending.test(text)
}

function decoded(base64: string): Uint8Array | undefined {
  try {
    return base64ToBytes(base64)
  } catch {
    return undefined
  }
}

/** Undefined for DER, which no INTEGER, NULL or identifier lets be text. */
function textOfBytes(bytes: Uint8Array): string | undefined {
  const [first, second, third, fourth] = bytes
  if ((first === 0xff && second === 0xfe) || (second === 0 && fourth === 0 && first !== 0)) {
    return textOfUtf16(bytes, 0)
  }
  if ((first === 0xfe && second === 0xff) || (first === 0 && third === 0 && second !== 0)) {
    return textOfUtf16(bytes, 1)
  }
  if (bytes.some((byte) => byte < 9)) return undefined
  return new TextDecoder().decode(bytes)
}

/** @param low - which of two bytes is the lower one: 0 in little-endian text */
function textOfUtf16(bytes: Uint8Array, low: 0 | 1): string {
  let text = ''
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    text += String.fromCharCode(bytes[at + low]! | (bytes[at + 1 - low]! << 8))
  }
  return text
}

/** UTF-16 that was read as another encoding is what zero characters between all others come from. */
function withoutOddBlanks(text: string): string {
  const isUtf16 = text.includes('\0')
  return text
    .replace(MISSING_BLANKS, '')
    .replace(OTHER_BLANKS, ' ')
    .replace(OTHER_LINE_BREAKS, '\n')
    .replace(isUtf16 ? /^(ÿþ|þÿ|\ufffd+)/ : /^ï»¿/, '')
    .trim()
}
