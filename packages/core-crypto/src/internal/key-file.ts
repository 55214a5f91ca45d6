/**
 * Key files and parameter files as people have them: bytes or text, UTF-8 or UTF-16, with line breaks written
 * as `\n` in an environment variable, with blanks that nobody sees, or in base64 once more; PEM blocks (RFC
 * 7468) among text of any kind, or DER.
 */
import { base64ToBytes, bytesToBase64, isBytes } from './bytes.ts'
import { TAG_SEQUENCE } from './der.ts'
import type { Fault } from './key-errors.ts'

/** The two kinds of files that are read. */
export type WantedKind = 'privateKey' | 'dhParameters'

/** What a file holds: DER, text without blanks around it, or what is wrong with it. */
export type KeyFile =
  | { readonly form: 'der'; readonly der: Uint8Array }
  | { readonly form: 'text'; readonly text: string }
  | { readonly form: 'fault'; readonly fault: Fault }

/** No key file is longer, in bytes or characters; what is longer is refused before it is read. */
const MAXIMUM_LENGTH = 65_536

const MISSING_BLANKS = /[\0\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g
const OTHER_BLANKS = /[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g
/** Written escapes, however often they were escaped again: up to eight, so that a run of them is read once. */
const OTHER_LINE_BREAKS = /\\{1,8}[nr]|[\u0085\u2028\u2029]/g

const LABEL_ENDS = { privateKey: 'PRIVATE KEY', dhParameters: 'DH PARAMETERS' } as const
const BEGIN = '-----BEGIN '
const END = '-----END '
const DASHES = '-----'
/** Longer text between dashes is no label. */
const MAXIMUM_LABEL = 64

/** Reads what was given as a file: its text, or its bytes. */
export function readKeyFile(input: unknown): KeyFile {
  const isText = typeof input === 'string'
  if (!isText && !isBytes(input)) return { form: 'fault', fault: 'nothing' }
  if (input.length > MAXIMUM_LENGTH) return { form: 'fault', fault: 'tooLong' }
  const decoded = isText ? input : textOfBytes(input)
  if (decoded === undefined) return { form: 'der', der: input as Uint8Array }
  const text = withoutOddBlanks(decoded)
  return text === '' ? { form: 'fault', fault: 'nothing' } : { form: 'text', text }
}

/** The DER of the wanted kind in a file; or what the file is instead. */
export function derOfFile(file: KeyFile, wanted: WantedKind): Uint8Array | Fault {
  if (file.form === 'fault') return file.fault
  if (file.form === 'der') return file.der
  const { text } = file
  const blocks = pemBlocks(text)
  const fitting = blocks.filter(({ label }) => label.endsWith(LABEL_ENDS[wanted]))
  const block = fitting[0] ?? blocks[0]
  if (block === undefined) return derOfTextWithoutBlocks(text, wanted)
  if (fitting.some(({ body }) => body !== block.body)) return 'several'
  const kind = kindOfBlock(block)
  if (kind !== wanted) return kind
  // The headers of RFC 1421, which some tools write, say nothing of a key that is not encrypted.
  const base64 = block.body.replace(/^[\w-]+:.*/gm, '')
  return block.fault ?? decodedBase64(base64) ?? 'base64'
}

/** Writes a PEM block: lines of 64 characters, a line break at the end. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = bytesToBase64(der).match(/.{1,64}/g) ?? []
  return `${BEGIN}${label}${DASHES}\n${lines.join('\n')}\n${END}${label}${DASHES}\n`
}

function derOfTextWithoutBlocks(text: string, wanted: WantedKind): Uint8Array | Fault {
  // A line of authorized_keys, or RFC 4716: a public key without a block.
  if (/^((ssh|ecdsa|sk-ssh)-|---- BEGIN SSH2 PUBLIC)/.test(text)) return 'publicKey'
  if (text.startsWith('PuTTY-User-Key-File')) return 'putty'
  if (text.startsWith('{')) return 'json'
  if (isFileName(text)) return 'fileName'
  if (/prim: INTEGER|(DH Parameters|Private-Key): \(/.test(text)) return 'printout'
  // The tag of an INTEGER, which no text has: a binary file was read as text.
  if (text.includes('\x02')) return 'otherBytes'
  const inner = unwrapBase64(text)
  return inner === undefined ? 'noBlock' : derOfFile(inner, wanted)
}

function kindOfBlock({ label, body }: PemBlock): Fault {
  // A header of encrypted PKCS#1.
  if (label.startsWith('ENCRYPTED') || body.includes('DEK-Info:')) return 'encrypted'
  if (label === 'PRIVATE KEY' || label === 'RSA PRIVATE KEY') return 'privateKey'
  if (label.endsWith('PUBLIC KEY')) return 'publicKey'
  if (label.includes('CERTIFICATE')) return 'certificate'
  if (label.startsWith('OPENSSH')) return 'openSsh'
  if (label.endsWith('DH PARAMETERS')) return 'dhParameters'
  if (/^(EC|DSA|ANY) /.test(label)) return 'otherType'
  return 'otherLabel'
}

/** A block, whole or not. */
interface PemBlock {
  readonly label: string
  /** What stands between the two lines: base64, perhaps with headers before it. */
  readonly body: string
  /** What is wrong with its end: there is none, or it names another label. */
  readonly fault?: 'noEnd' | 'otherEnd'
}

/** All blocks of a text, in order; those without a right end too. */
function pemBlocks(text: string): PemBlock[] {
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
    if (end < 0) blocks.push({ label, body, fault: 'noEnd' })
    else if (labelAt(rest, end + END.length) === label) blocks.push({ label, body })
    else blocks.push({ label, body, fault: 'otherEnd' })
  }
  return blocks
}

function labelAt(text: string, at: number): string | undefined {
  const label = text.slice(at, at + MAXIMUM_LABEL).split(DASHES, 1)[0] ?? ''
  const isWhole = text.startsWith(DASHES, at + label.length)
  return isWhole && /^[A-Z0-9][A-Z0-9 .]*$/.test(label) ? label : undefined
}

/**
 * Reads text that is base64 of a file, as secrets are often kept, also where that is base64 again; undefined
 * where it is of no file.
 */
function unwrapBase64(text: string): KeyFile | undefined {
  const compact = text.replace(/\s+/g, '').replace(/={1,2}$/, '')
  if (compact.length < 64 || /[^\w+/-]/.test(compact)) return undefined
  const standard = compact.replace(/-/g, '+').replace(/_/g, '/')
  const bytes = decodedBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='))
  const file = readKeyFile(bytes)
  if (file.form === 'der' && file.der[0] === TAG_SEQUENCE) return file
  return file.form === 'text' ? file : undefined
}

/** True for text that names a file instead of being one. Base64 has slashes too, but is longer. */
function isFileName(text: string): boolean {
  if (text.length > 255 || /\n|-----/.test(text)) return false
  const start = /^["']?(file:|~?\/|\.{1,2}[\\/]|[a-z]:[\\/]|\\\\)/i
  const ending = /\.[a-z][a-z\d]{1,4}["']?$/i
  return start.test(text) || ending.test(text)
}

/** Undefined for what is damaged or empty. */
function decodedBase64(base64: string): Uint8Array | undefined {
  try {
    const bytes = base64ToBytes(base64)
    return bytes.length > 0 ? bytes : undefined
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
  return (
    text
      .replace(MISSING_BLANKS, '')
      .replace(OTHER_BLANKS, ' ')
      .replace(OTHER_LINE_BREAKS, '\n')
      .replace(isUtf16 ? /^(ÿþ|þÿ|\ufffd+)/ : /^ï»¿/, '')
      .trim()
      // As a shell or an env file has it; what base64 ends with is no assignment.
      .replace(/^\w[\w ]*= *(?=[^=])/, '')
      .replace(/^["']|["']$/g, '')
  )
}
