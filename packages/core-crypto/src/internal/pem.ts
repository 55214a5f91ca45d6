/**
 * PEM blocks (RFC 7468), found in text of any kind: text around them and line breaks of any kind, or
 * none at all, are skipped.
 */
import { base64ToBytes, bytesToBase64 } from './encoding.ts'

/** A block, whole or not. */
export interface PemBlock {
  readonly label: string
  /** What stands between the two lines: base64, perhaps with headers before it. */
  readonly body: string
  /** What is wrong with its end: there is none, or it names another label. */
  readonly fault?: 'no-end' | 'other-end'
}

const BEGIN = '-----BEGIN '
const END = '-----END '
const DASHES = '-----'
/** Longer text between dashes is no label. */
const MAXIMUM_LABEL = 64

/** All blocks of a text, in order; those without a right end too. */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + BEGIN.length)) {
    const label = labelAt(text, at + BEGIN.length)
    if (label === undefined) continue
    const start = at + BEGIN.length + label.length + DASHES.length
    // To the next line of either kind, so that a text is read once however many blocks it has.
    const next = text.indexOf(BEGIN, start)
    const rest = text.slice(start, next < 0 ? text.length : next)
    const end = rest.indexOf(END)
    const body = end < 0 ? rest : rest.slice(0, end)
    if (end < 0) blocks.push({ label, body, fault: 'no-end' })
    else if (labelAt(rest, end + END.length) === label) blocks.push({ label, body })
    else blocks.push({ label, body, fault: 'other-end' })
  }
  return blocks
}

/** The bytes of a block's base64; undefined when it is damaged or empty. */
export function pemBytes({ body }: PemBlock): Uint8Array | undefined {
  try {
    const bytes = base64ToBytes(body)
    return bytes.length > 0 ? bytes : undefined
  } catch {
    return undefined
  }
}

/** Writes a block: lines of 64 characters, a line break at the end. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = bytesToBase64(der).match(/.{1,64}/g) ?? []
  return `${BEGIN}${label}${DASHES}\n${lines.join('\n')}\n${END}${label}${DASHES}\n`
}

function labelAt(text: string, at: number): string | undefined {
  const label = text.slice(at, at + MAXIMUM_LABEL).split(DASHES, 1)[0] ?? ''
  const isWhole = text.startsWith(DASHES, at + label.length)
  return isWhole && /^[A-Z0-9][A-Z0-9 .]*$/.test(label) ? label : undefined
}
