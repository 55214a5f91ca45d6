/**
 * PEM blocks (RFC 7468), read as tolerantly as pasted text needs: a byte order mark, CRLF, the two
 * characters `\n` of an environment variable, text around the block, no line breaks at all.
 */
import { base64ToBytes, bytesToBase64 } from '../encoding.ts'

export interface PemBlock {
  readonly label: string
  /** What stands between the two lines: base64, perhaps with headers before it. */
  readonly body: string
}

/** Longer text is no key file; the limit keeps the search for blocks cheap. */
const MAXIMUM_LENGTH = 65_536

/** All complete blocks of a text, in order. */
export function pemBlocks(text: string): PemBlock[] {
  if (text.length > MAXIMUM_LENGTH) return []
  const blocks: PemBlock[] = []
  const pattern =
    /-----BEGIN ([A-Z0-9 .]{1,40})-----([^-]*(?:-(?!----END )[^-]*)*)-----END \1-----/g
  for (const [, label = '', body = ''] of expandEscapes(text).matchAll(pattern)) {
    blocks.push({ label, body })
  }
  return blocks
}

/** The bytes of a block's base64, or undefined when it is cut short or damaged. */
export function pemBytes({ body }: PemBlock): Uint8Array | undefined {
  try {
    return base64ToBytes(body)
  } catch {
    return undefined
  }
}

/** True when a text has at least the first line of a block. */
export function hasPemStart(text: string): boolean {
  return text.includes('-----BEGIN')
}

/**
 * The text of a file given as bytes, or undefined when the bytes are DER: a SEQUENCE, of which some
 * byte is no text. A UTF-8 byte order mark needs no care, since blocks are searched for.
 */
export function textOfBytes(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0x30 && bytes.some((byte) => byte > 0x7e || byte < 9)) return undefined
  return Array.from(bytes.subarray(0, MAXIMUM_LENGTH + 1), (byte) =>
    String.fromCharCode(byte),
  ).join('')
}

export function encodePem(label: string, der: Uint8Array): string {
  const lines = bytesToBase64(der).match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

function expandEscapes(text: string): string {
  return text.replace(/\\r|\\n/g, '\n')
}
