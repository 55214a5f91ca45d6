/** An `Authorization` header taken apart, keeping each value as it stands there. */

export interface HeaderPair {
  readonly name: string
  /** Between the quotes, undecoded. */
  readonly raw: string
  /** `raw` percent-decoded once; the same text where that is impossible. */
  readonly value: string
  readonly isQuoted: boolean
}

export interface ParsedHeader {
  readonly scheme: string
  readonly pairs: readonly HeaderPair[]
  /** Pieces that are not `name="value"`. */
  readonly strange: readonly string[]
}

/** Takes the value, or a whole line `Authorization: …` as a log may show it. */
export function parseAuthorization(text: string): ParsedHeader {
  const line = text.trim().replace(/^authorization\s*:\s*/i, '')
  const [, scheme = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(line) ?? []
  const pairs: HeaderPair[] = []
  const strange: string[] = []
  for (const piece of rest.match(/(?:[^,"]|"[^"]*"?)+/g) ?? []) {
    const text = piece.trim()
    if (text === '') continue
    const pair = readPair(text)
    if (pair) pairs.push(pair)
    else strange.push(text)
  }
  return { scheme, pairs, strange }
}

/** `name="value"` or `name=value`, with blanks around the sign; undefined for anything else. */
function readPair(text: string): HeaderPair | undefined {
  const sign = text.indexOf('=')
  const name = text.slice(0, Math.max(0, sign)).trim()
  const given = text.slice(sign + 1).trim()
  const isQuoted = given.length > 1 && given.startsWith('"') && given.endsWith('"')
  const raw = isQuoted ? given.slice(1, -1) : given
  if (!/^[A-Za-z_]+$/.test(name) || raw.includes('"')) return undefined
  return { name, raw, value: decode(raw), isQuoted }
}

/** The first pair of a name. */
export function pairOf({ pairs }: ParsedHeader, name: string): HeaderPair | undefined {
  return pairs.find((pair) => pair.name === name)
}

export function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
