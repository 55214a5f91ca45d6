/**
 * What the service says, made fit for a message: printable, short, and without a credential. Error
 * texts of such endpoints quote the request more often than one would think.
 */

import { isText } from './forms.ts'

/** This many characters of a secret in a row are a leak. */
const WINDOW = 8

/** Gives the text, or nothing where it is empty, no text, or quotes a secret. */
export type Clean = (text: unknown, furtherSecret?: unknown) => string | undefined

/** Makes the filter for a call with these secrets. */
export function createClean(secrets: readonly unknown[]): Clean {
  return (text, furtherSecret = '') => {
    if (!isText(text) || quotes(text, [...secrets, furtherSecret])) return undefined
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
    const last = Math.max(0, secret.length - WINDOW)
    return secret
      .split('')
      .some((_, at) => at <= last && folded.includes(secret.slice(at, at + WINDOW)))
  })
}
