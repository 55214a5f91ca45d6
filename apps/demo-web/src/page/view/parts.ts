/** The parts of a text that is shown: what a base string, a header, JSON or PEM is made of. */

/** `plain` is text without a part of its own; the others have a colour and a name in the legend. */
export type PartKind = 'plain' | 'prefix' | 'method' | 'address' | 'name' | 'value' | 'mark'

export interface Part {
  readonly kind: PartKind
  readonly text: string
}

/** The parts' names, as the legend of a base string writes them. */
export const BASE_STRING_PARTS: readonly (readonly [kind: PartKind, name: string])[] = [
  ['prefix', 'Prefix'],
  ['method', 'Method'],
  ['address', 'Address'],
  ['name', 'Parameter name'],
  ['value', 'Parameter value'],
]

/** Takes a text apart by its form; joined again, the parts are the text. */
export function partsOf(text: string): Part[] {
  if (text.startsWith('OAuth ')) return split(text, HEADER, ['method', 'name', 'mark', 'value'])
  if (/^[{[]/.test(text)) return split(text, JSON_TEXT, ['name', 'value'])
  if (text.startsWith('-----BEGIN')) return split(text, PEM_LINE, ['mark'])
  const [, prefix] = BASE_STRING.exec(text) ?? []
  return prefix === undefined ? [{ kind: 'plain', text }] : baseStringParts(text, prefix.length)
}

/** Takes a base string apart, of which so many characters are the prefix. */
export function baseStringParts(text: string, prefixLength: number): Part[] {
  const [method = '', address = '', ...rest] = text.slice(prefixLength).split('&')
  const parts: Part[] = [
    { kind: 'prefix', text: text.slice(0, prefixLength) },
    { kind: 'method', text: method },
  ]
  if (text.length > prefixLength + method.length) {
    parts.push({ kind: 'mark', text: '&' }, { kind: 'address', text: address })
  }
  if (rest.length > 0) {
    parts.push({ kind: 'mark', text: '&' })
    parts.push(...split(rest.join('&'), PARAMETER, ['name', 'mark', 'value', 'mark']))
  }
  return parts.filter((part) => part.text !== '')
}

/** The piece of some parts between two characters of the joined text. */
export function sliceParts(parts: readonly Part[], from: number, to: number): Part[] {
  let at = 0
  return parts
    .map(({ kind, text }) => {
      const start = at
      at += text.length
      return { kind, text: text.slice(Math.max(0, from - start), Math.max(0, to - start)) }
    })
    .filter(({ text }) => text !== '')
}

const HEADER = /^(OAuth )|([\w]+)(=)("[^"]*")/g
const JSON_TEXT = /("(?:[^"\\]|\\.)*"(?=\s*:))|("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)/g
const PEM_LINE = /(-----[A-Z 0-9]+-----)/g
const BASE_STRING = /^([0-9a-fA-F]*)(?:GET|POST|PUT|DELETE|PATCH|HEAD)&[^&\s]+&/
/** `name%3Dvalue%26` of the encoded parameters. */
const PARAMETER = /((?:(?!%3D|%26).)+)(%3D)((?:(?!%26).)*)(%26|$)/gs

/** Cuts a text at the groups of a pattern; what is between the matches is plain. */
function split(text: string, pattern: RegExp, kinds: readonly PartKind[]): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const match of text.matchAll(pattern)) {
    parts.push({ kind: 'plain', text: text.slice(at, match.index) })
    match.slice(1).forEach((group, index) => {
      if (group) parts.push({ kind: kinds[index] ?? 'plain', text: group })
    })
    at = match.index + match[0].length
  }
  parts.push({ kind: 'plain', text: text.slice(at) })
  return parts.filter((part) => part.text !== '')
}
