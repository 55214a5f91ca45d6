/**
 * What the service says, made fit for a message: printable, short, and without a credential. Error
 * texts of such endpoints quote the request more often than one would think.
 */

/** This many characters of a secret in a row are a leak. */
const WINDOW = 8

/** Gives the text, or nothing where it is empty, no text, or quotes a secret. */
export type Clean = (text: unknown, furtherSecret?: unknown) => string | undefined

/** Makes the filter for a call with these secrets. */
export function createClean(secrets: readonly unknown[]): Clean {
  return (text, furtherSecret = '') => {
    if (typeof text !== 'string' || quotes(text, [...secrets, furtherSecret])) return undefined
    return (
      text
        .slice(0, 200)
        .replace(/[\p{C}\s]+/gu, ' ')
        .trim() || undefined
    )
  }
}

function quotes(text: string, secrets: readonly unknown[]): boolean {
  const folded = text.toLowerCase()
  return secrets.some((value) => {
    const secret = `${value}`.toLowerCase()
    for (let at = 0; at < Math.max(1, secret.length - WINDOW + 1); at++) {
      if (secret !== '' && folded.includes(secret.slice(at, at + WINDOW))) return true
    }
    return false
  })
}
