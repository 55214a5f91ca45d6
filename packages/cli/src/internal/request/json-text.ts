/** JSON for a person: indented and coloured, each value as the service wrote it. */
import type { Colors } from '../text.ts'

const INDENT = '  '
/** The words of a text that is known to be JSON. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/**
 * Lays JSON out anew. Numbers, doubled names and escapes stay as they are, which a parser would
 * change: an order's id above 2^53 keeps its digits. Characters that steer a terminal are escaped.
 *
 * @returns undefined for what is no JSON
 */
export function prettyJson(text: string, colors: Colors): string | undefined {
  if (!isJson(text)) return undefined
  const tokens = text.match(TOKEN) ?? []
  const parts: string[] = []
  let depth = 0
  const startLine = () => parts.push(`\n${INDENT.repeat(depth)}`)
  for (const [index, token] of tokens.entries()) {
    const isAfterOpening = /^[{[]$/.test(tokens[index - 1] ?? '')
    if (/^[}\]]$/.test(token)) depth -= 1
    // An empty object or list stays on its line.
    const isClosing = /^[}\]]$/.test(token)
    if (isClosing !== isAfterOpening && (isClosing || isAfterOpening)) startLine()
    parts.push(shown(token, tokens[index + 1] === ':', colors))
    if (/^[{[]$/.test(token)) depth += 1
    if (token === ',') startLine()
    if (token === ':') parts.push(' ')
  }
  return parts.join('')
}

/** The same of a value. */
export function prettyValue(value: unknown, colors: Colors): string {
  return prettyJson(JSON.stringify(value) ?? 'null', colors) ?? 'null'
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function shown(token: string, isName: boolean, colors: Colors): string {
  if (token.startsWith('"')) {
    const safe = token.replace(/\p{Cc}/gu, escaped)
    return isName ? colors.blue(safe) : colors.green(safe)
  }
  if (/^[-\d]/.test(token)) return colors.cyan(token)
  if (token === 'true' || token === 'false') return colors.yellow(token)
  return token === 'null' ? colors.dim(token) : token
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
}
