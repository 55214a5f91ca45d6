/**
 * PEM blocks (RFC 7468), read as tolerantly as pasted text needs: a byte order mark, CRLF, the two
 * characters `\n` of an environment variable, text around the block, no line breaks at all.
 */
import { base64ToBytes, binaryString, bytesToBase64 } from '../encoding.ts'
import { isBytes } from './check.ts'

export interface PemBlock {
  readonly label: string
  /** What stands between the two lines: base64, perhaps with headers before it. */
  readonly body: string
}

/** Longer text is no key file; the limit keeps the search for blocks cheap. */
const MAXIMUM_LENGTH = 65_536

/**
 * The text that a file is given as, itself or as its bytes, without blanks around it: empty for
 * anything else, and undefined for DER, which no INTEGER, NULL or identifier lets be text. A UTF-8
 * byte order mark needs no care, since blocks are searched for.
 */
export function textOfFile(input: unknown): string | undefined {
  let text = input
  if (isBytes(input)) {
    if (input.some((byte) => byte < 9)) return undefined
    text = binaryString(input)
  }
  if (typeof text !== 'string') return ''
  return text
    .trim()
    .slice(0, MAXIMUM_LENGTH)
    .replace(/\\[nr]/g, '\n')
}

/** All complete blocks of a text, in order. */
export function pemBlocks(text: string): PemBlock[] {
  const blocks = text.matchAll(/-----BEGIN ([A-Z0-9 .]+)-----([\s\S]*?)-----END \1-----/g)
  return Array.from(blocks, ([, label = '', body = '']) => ({ label, body }))
}

/** The bytes of a block's base64, or none when it is cut short or damaged. */
export function pemBytes({ body }: PemBlock): Uint8Array {
  try {
    return base64ToBytes(body)
  } catch {
    return new Uint8Array()
  }
}

export function encodePem(label: string, der: Uint8Array): string {
  const lines = bytesToBase64(der).match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
