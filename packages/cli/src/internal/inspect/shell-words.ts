/**
 * A command line as a shell splits it into words: POSIX shells with bash's `$'…'`, or `cmd.exe` with its `^`. The
 * libraries for this either know POSIX alone or bring a parser of some megabytes in WebAssembly.
 */
import { type CliError, requestUnreadable } from '../errors.ts'

/** The words of the first command; what follows `|`, `;`, `&` or `>` is another matter. */
export function shellWords(text: string): string[] {
  return isCmd(text) ? cmdWords(text) : posixWords(text)
}

/** Browsers write `^"` and a `^` at the end of a line for `cmd.exe`; neither is usual anywhere else. */
function isCmd(text: string): boolean {
  return /\^\r?\n/.test(text) || /(?:^|\s)\^"/.test(text)
}

interface Reader {
  readonly words: string[]
  word: string | undefined
  at: number
}

function add(reader: Reader, text: string): void {
  reader.word = (reader.word ?? '') + text
}

function endWord(reader: Reader): void {
  if (reader.word !== undefined) reader.words.push(reader.word)
  reader.word = undefined
}

function posixWords(text: string): string[] {
  const reader: Reader = { words: [], word: undefined, at: 0 }
  while (reader.at < text.length) {
    const char = text.charAt(reader.at)
    if (/[|;&>\n]/.test(char) && reader.words.length > 0) break
    if (char === "'") addUntil(reader, text, "'")
    else if (char === '"') addDoubleQuoted(reader, text)
    else if (char === '$' && text.charAt(reader.at + 1) === "'") addAnsiC(reader, text)
    else if (char === '\\') addEscaped(reader, text)
    else if (/\s/.test(char)) endWord(reader)
    else add(reader, char)
    reader.at++
  }
  endWord(reader)
  return reader.words
}

function addUntil(reader: Reader, text: string, quote: string): void {
  const end = text.indexOf(quote, reader.at + 1)
  if (end < 0) throw unclosed(quote)
  add(reader, text.slice(reader.at + 1, end))
  reader.at = end
}

function addDoubleQuoted(reader: Reader, text: string): void {
  add(reader, '')
  for (reader.at++; text.charAt(reader.at) !== '"'; reader.at++) {
    if (reader.at >= text.length) throw unclosed('"')
    const char = text.charAt(reader.at)
    const next = text.charAt(reader.at + 1)
    if (char !== '\\' || !/["\\$`!\n]/.test(next)) add(reader, char)
    else {
      if (next !== '\n') add(reader, next)
      reader.at++
    }
  }
}

/** Outside of quotes; before the end of a line it joins two lines. */
function addEscaped(reader: Reader, text: string): void {
  reader.at++
  if (text.startsWith('\r\n', reader.at)) reader.at++
  const char = text.charAt(reader.at)
  if (char !== '\n') add(reader, char)
}

const ANSI_C: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0' }

/** `$'…'`, in which browsers write what is not ASCII. */
function addAnsiC(reader: Reader, text: string): void {
  add(reader, '')
  for (reader.at += 2; text.charAt(reader.at) !== "'"; reader.at++) {
    if (reader.at >= text.length) throw unclosed("$'")
    const code = /^\\(?:u([0-9a-f]{1,4})|x([0-9a-f]{1,2}))/i.exec(
      text.slice(reader.at, reader.at + 6),
    )
    if (code) {
      add(reader, String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? '', 16)))
      reader.at += code[0].length - 1
    } else if (text.charAt(reader.at) === '\\') {
      reader.at++
      const char = text.charAt(reader.at)
      add(reader, ANSI_C[char] ?? char)
    } else add(reader, text.charAt(reader.at))
  }
}

/** `cmd.exe` takes `^` away first; what is left, the program splits: `"…"`, with `\"` or `""` for a quote. */
function cmdWords(text: string): string[] {
  const line = text.replace(/\^(\r?\n\s*|[\s\S])/g, (_, char: string) =>
    /^\r?\n/.test(char) ? '' : char,
  )
  const reader: Reader = { words: [], word: undefined, at: 0 }
  let isQuoted = false
  for (; reader.at < line.length; reader.at++) {
    const char = line.charAt(reader.at)
    const next = line.charAt(reader.at + 1)
    const isEscape =
      (char === '\\' && /["\\]/.test(next)) || (char === '"' && next === '"' && isQuoted)
    if (isEscape) {
      add(reader, next)
      reader.at++
    } else if (char === '"') {
      add(reader, '')
      isQuoted = !isQuoted
    } else if (!isQuoted && /[&|\n]/.test(char) && reader.words.length > 0) break
    else if (!isQuoted && /\s/.test(char)) endWord(reader)
    else add(reader, char)
  }
  if (isQuoted) throw unclosed('"')
  endWord(reader)
  return reader.words
}

function unclosed(quote: string): CliError {
  return requestUnreadable(
    `A quote ${quote} is opened and not closed: a part of the command is missing. Copy it whole.`,
  )
}
