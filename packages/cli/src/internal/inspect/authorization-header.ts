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
    const found = /^\s*([A-Za-z_]+)\s*=\s*(?:"([^"]*)"|([^"]*?))\s*$/.exec(piece)
    if (piece.trim() === '') continue
    if (found === null) {
      strange.push(piece.trim())
      continue
    }
    const [, name = '', quoted, bare = ''] = found
    const raw = quoted ?? bare
    pairs.push({ name, raw, value: decode(raw), isQuoted: quoted !== undefined })
  }
  return { scheme, pairs, strange }
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
