/**
 * Where a text stops being JSON: the platform's own message quotes the text around it, which holds
 * keys, and tells a position in some runtimes only.
 */

export interface JsonFault {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
}

/** Blanks, then one token; strings end at a line break, which JSON does not allow in them. */
const BLANKS = /[\t\n\r ]*/y
const TOKEN =
  /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-f]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null|[{}[\]:,]/iuy

/** What may come next: a value, a name, or what stands between. */
type Wanted =
  | 'value'
  | 'name'
  | 'name or end'
  | 'value or end'
  | 'colon'
  | 'comma or end'
  | 'nothing'

/** Finds the first place at which the text breaks the grammar of RFC 8259. */
export function faultOf(text: string): JsonFault {
  const open: string[] = []
  let wanted: Wanted = 'value'
  let at = 0
  for (;;) {
    at += match(BLANKS, text, at).length
    const token = match(TOKEN, text, at)
    const next: Wanted | undefined = token === '' ? undefined : follow(token, wanted, open)
    if (next === undefined) return placeOf(text, at)
    wanted = next
    at += token.length
  }
}

/** What is wanted after a token; undefined where it may not stand. */
function follow(token: string, wanted: Wanted, open: string[]): Wanted | undefined {
  if (token === '}' || token === ']') return close(token, wanted, open)
  switch (wanted) {
    case 'name':
    case 'name or end':
      return token.startsWith('"') ? 'colon' : undefined
    case 'colon':
      return token === ':' ? 'value' : undefined
    case 'comma or end':
      if (token !== ',') return undefined
      return open.at(-1) === '{' ? 'name' : 'value'
    case 'nothing':
      return undefined
    default:
      return valueBegins(token, open)
  }
}

function close(token: string, wanted: Wanted, open: string[]): Wanted | undefined {
  const isFit = /or end$/.test(wanted) && open.at(-1) === (token === '}' ? '{' : '[')
  if (!isFit) return undefined
  open.pop()
  return afterValue(open)
}

function valueBegins(token: string, open: string[]): Wanted | undefined {
  if (token === ':' || token === ',') return undefined
  if (token !== '{' && token !== '[') return afterValue(open)
  open.push(token)
  return token === '{' ? 'name or end' : 'value or end'
}

function afterValue(open: readonly string[]): Wanted {
  return open.length === 0 ? 'nothing' : 'comma or end'
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

function placeOf(text: string, at: number): JsonFault {
  const before = text.slice(0, at).split(/\r\n|[\n\r]/)
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
