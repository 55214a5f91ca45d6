/** How a key is written, apart from what it is: other tools are less tolerant than this one. */

/** `PKCS#1`, `PKCS#8`, or nothing where the text shows neither. */
export function keyForm(text: string): string | undefined {
  if (/-----BEGIN RSA PRIVATE KEY-----/.test(text)) return 'PKCS#1'
  if (/-----BEGIN PRIVATE KEY-----/.test(text)) return 'PKCS#8'
  return undefined
}

/** True where line breaks are the two characters backslash and n, as pasting into a variable makes them. */
export function hasEscapedBreaks(text: string): boolean {
  return /\\n/.test(text)
}

/** How to write line breaks. */
export function breaksRemedy(setting: string): string {
  return `name the file instead ("${setting}File"), or write real line breaks: \\n once, inside of quotes, in JSON; $'...' in a shell.`
}
