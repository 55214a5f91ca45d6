/** Which command helps with an answer. */

/**
 * @param text - the beginning of the body
 * @param isRenewed - whether a live session token that was kept was refused, and another one made
 * @returns what to run; undefined where nothing is known to help
 */
export function hintOf(status: number, text: string, isRenewed: boolean): string | undefined {
  if (status < 400) return undefined
  if (/no bridge/i.test(text)) {
    return 'there is no brokerage session. Open one: isoauth session open.'
  }
  if (status === 401 && isRenewed) {
    return 'the live session token that was kept was refused. A new one is kept now: send the request again. If it is refused as well: isoauth doctor.'
  }
  if (status === 401) return 'the service does not take the sign-in. Why: isoauth doctor.'
  return undefined
}
