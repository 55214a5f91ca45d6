/**
 * The `Authorization` header, read in two ways.
 *
 * RFC 5849 section 3.5.1 percent-decodes names and values. The broker's own library splits on `,`,
 * then on `=`, drops every piece that does not give exactly two parts, strips quotes and blanks and
 * decodes nothing. A client is understood by both only if both readings give the same parameters.
 */

/** Name and value as they stand on the wire: quotes stripped, not percent-decoded. */
export type WirePair = readonly [name: string, value: string]

const UNRESERVED_OR_ESCAPED = /^(?:[A-Za-z0-9\-._~]|%[0-9A-F]{2})*$/
const PAIR = /^([A-Za-z_]+)[ \t]*=[ \t]*(?:"([^"]*)"|([^", \t]*))$/

/** The pairs as the broker's own library reads them, realm and signature included. */
export function readAsVendor(header: string): WirePair[] {
  const pairs: WirePair[] = []
  for (const piece of header.replace(/^OAuth /, '').split(',')) {
    const parts = javaSplit(piece, '=')
    if (parts.length !== 2) continue
    pairs.push([parts[0]!.trim(), parts[1]!.trim().replaceAll('"', '').trim()])
  }
  return pairs
}

/** The pairs as RFC 5849 reads them, not yet decoded; a string says what is malformed. */
export function readAsRfc5849(header: string): WirePair[] | string {
  // The RFC takes the scheme in any case; the vendor's library does not.
  const scheme = /^OAuth +/.exec(header)
  if (!scheme) return 'the scheme is not "OAuth" and a blank'
  const pairs: WirePair[] = []
  for (const piece of splitOutsideQuotes(header.slice(scheme[0].length))) {
    if (piece.trim() === '') continue
    const found = PAIR.exec(trimBlanks(piece))
    // One vendor page shows the realm bare; every other value has to be quoted.
    if (!found || (found[2] === undefined && found[1] !== 'realm')) {
      return `piece ${pairs.length + 1} is not name="value"`
    }
    pairs.push([found[1]!, found[2] ?? found[3] ?? ''])
  }
  return pairs
}

/** Why the two readings differ; `undefined` when they agree. */
export function disagreement(
  rfc: readonly WirePair[],
  vendor: readonly WirePair[],
): string | undefined {
  for (const [name, value] of rfc) {
    if (!vendor.some(([other]) => other === name)) {
      return `${name} is lost in the vendor's reading: no value, or a raw "=" or "," in it`
    }
    if (!vendor.some(([other, text]) => other === name && text === value)) {
      return `${name} is read differently by the vendor's library`
    }
    // Realm and signature are not part of the base string, where the escaping has to be canonical.
    if (name === 'realm') continue
    if (name === 'oauth_signature') {
      if (!/^(?:[A-Za-z0-9\-._~]|%[0-9A-Fa-f]{2})*$/.test(value)) {
        return 'oauth_signature is not percent-encoded'
      }
      continue
    }
    if (!isCanonicallyEscaped(value)) {
      return `${name} is not canonically percent-encoded, so its decoded form signs differently`
    }
  }
  if (vendor.length !== rfc.length) return "the vendor's library finds other pairs"
  return undefined
}

/** True when encoding the decoded text again gives the same text (RFC 5849 section 3.6). */
export function isCanonicallyEscaped(value: string): boolean {
  if (!UNRESERVED_OR_ESCAPED.test(value)) return false
  // An escape of an unreserved character would vanish in the RFC's reading.
  return !/%(?:2[DE]|3\d|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])/.test(value)
}

/** Java's `String.split`: empty strings at the end are dropped. */
function javaSplit(text: string, separator: string): string[] {
  const parts = text.split(separator)
  while (parts.length > 1 && parts.at(-1) === '') parts.pop()
  return parts
}

function splitOutsideQuotes(text: string): string[] {
  return text.match(/(?:[^,"]|"[^"]*"?)+/g) ?? []
}

/** Without blanks and tabs at both ends, and nothing else: `trim` would take more. */
function trimBlanks(text: string): string {
  const isBlank = (index: number) => text[index] === ' ' || text[index] === '\t'
  let start = 0
  let end = text.length
  while (start < end && isBlank(start)) start++
  while (end > start && isBlank(end - 1)) end--
  return text.slice(start, end)
}
