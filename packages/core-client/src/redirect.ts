/**
 * Redirects of signed requests are never followed: they would carry credentials elsewhere.
 */

const REDIRECT_STATUSES: readonly number[] = [301, 302, 303, 307, 308]

/** True for a redirect, visible or opaque, and for an answer that a `fetch` got by following one. */
export function isRedirect(response: Response): boolean {
  return (
    REDIRECT_STATUSES.includes(response.status) ||
    response.type === 'opaqueredirect' ||
    response.redirected === true
  )
}

/** The message of a refused redirect: the status, never the target (it may hold a secret). */
export function describeRedirect(response: Response): string {
  const status = response.status === 0 ? '' : ` (${response.status})`
  return `The server answered with a redirect${status}, which is not followed with credentials. Check the base URL.`
}
