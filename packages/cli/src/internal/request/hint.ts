/** Which command helps with an answer. */

/**
 * @param text - the beginning of the body
 * @returns what to run; undefined where nothing is known to help
 */
export function hintOf(status: number, text: string): string | undefined {
  if (status < 400) return undefined
  if (/no bridge/i.test(text)) {
    return 'there is no brokerage session. Open one: isoauth session open.'
  }
  if (status === 401) return 'the service does not take the sign-in. Why: isoauth doctor.'
  return undefined
}
