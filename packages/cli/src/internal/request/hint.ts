/** Which command helps with an answer. */

/** What an answer says of its cause. */
export interface Refusal {
  readonly status: number
  /** Where the request went; empty where that is not known. */
  readonly url: string
  /** The beginning of the body. */
  readonly text: string
  /** Whether a live session token that was kept was refused, and another one made. */
  readonly isRenewed: boolean
  /** The options that name the configuration, with a blank before them. */
  readonly configFlags: string
}

/** What helps; undefined where nothing is known to. */
export function hintOf({ status, url, text, isRenewed, configFlags }: Refusal): string | undefined {
  if (status < 400) return undefined
  if (status === 404 && isDoubled(url)) {
    return 'the base URL ends in /v1/api already, and PATH lies below it: leave /v1/api out of PATH.'
  }
  if (/no bridge/i.test(text)) {
    return `there is no brokerage session. Open one: isoauth session open${configFlags}`
  }
  if (status === 401 && isRenewed) {
    return `the live session token that was kept was refused. A new one is kept now: send the request again. If it is refused as well: isoauth doctor${configFlags}`
  }
  if (status === 401) {
    return `the service does not take the sign-in. Why: isoauth doctor${configFlags}`
  }
  return undefined
}

/** Tells whether the path of the API stands twice in an address: in the base URL, and again in what was put below it. */
function isDoubled(url: string): boolean {
  return /\/v1\/api\/v1\/api(?:[/?]|$)/.test(url)
}
