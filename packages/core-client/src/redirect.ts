/**
 * Redirects of signed requests are never followed: they would carry credentials elsewhere.
 */
import type { Raise } from './errors.ts'
import type { PlatformResponse } from './runtime-types.ts'

/**
 * Gives the answer, unless it is a redirect (visible, opaque, or followed by a `fetch` that was told
 * not to).
 *
 * @throws `…_REDIRECT_REFUSED` with the status, never the target (it may hold a secret)
 */
export function refuseRedirect(raise: Raise, response: PlatformResponse): PlatformResponse {
  const { status, type, redirected } = response
  if (!/^30[12378]$/.test(`${status}`) && type !== 'opaqueredirect' && !redirected) {
    return response
  }
  dropBody(response)
  throw raise('REDIRECT_REFUSED', `Redirect (${status}) refused: check baseUrl.`, { status })
}

/** Frees the connection of an answer that nobody reads. */
export function dropBody(response: PlatformResponse): void {
  response.body?.cancel().catch(() => {})
}
