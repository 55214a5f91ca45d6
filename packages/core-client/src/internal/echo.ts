/**
 * What a service says may repeat what it was sent: texts that do are never shown.
 */

/** This many characters of a secret in a row are a leak; of a shorter secret, all of it. */
const WINDOW = 8
/** No credential is longer; of what is, the beginning counts. */
const SECRET_LIMIT = 8192
/** No text that is shown is longer. */
const TEXT_LIMIT = 2000

/** Tells whether a text, its first 2,000 characters, repeats a part of what was sent. */
export type EchoCheck = (text: string) => boolean

/**
 * Makes the check for what was sent. Upper and lower case are one. Its time grows with the length of
 * the text and of the secrets, not with their product.
 */
export function createEchoCheck(secrets: readonly unknown[]): EchoCheck {
  return (text) => {
    const said = text.slice(0, TEXT_LIMIT).toLowerCase()
    const parts = new Set(windowsOf(said))
    return secrets.some((value) => {
      if (typeof value !== 'string' || value === '') return false
      const secret = value.slice(0, SECRET_LIMIT).toLowerCase()
      if (secret.length < WINDOW) return said.includes(secret)
      return windowsOf(secret).some((part) => parts.has(part))
    })
  }
}

function windowsOf(text: string): string[] {
  const count = Math.max(0, text.length - WINDOW + 1)
  return Array.from({ length: count }, (_, at) => text.slice(at, at + WINDOW))
}
