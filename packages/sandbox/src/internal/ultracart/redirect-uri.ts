/** Which redirect URIs there can be, and how an answer is joined to one. */
import { isLoopback } from '../loopback.ts'

const LENGTH_LIMIT = 2000

/** What is wrong with a redirect URI; `undefined` when nothing is. */
export function redirectUriProblem(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return 'a string that is not empty is required'
  if (value.length > LENGTH_LIMIT) return `at most ${LENGTH_LIMIT} characters are taken`
  // It is repeated in a header, which takes nothing else; a URL parser would drop or escape it.
  if (!/^[\x21-\x7e]+$/.test(value)) return 'printable ASCII without blanks is required'
  if (!URL.canParse(value)) return 'an absolute URL is required'
  const url = new URL(value)
  const plainHttp = url.protocol === 'http:' && isLoopback(url.hostname)
  if (url.protocol !== 'https:' && !plainHttp) return 'https, or http on loopback, is required'
  if (url.username !== '' || url.password !== '') return 'user information is not allowed'
  if (value.includes('#')) return 'a fragment is not allowed'
  const taken = ['code', 'state', 'error'].find((name) => url.searchParams.has(name))
  return taken && `its query must not hold ${taken}, which the answer adds`
}

/** True for the registered URI and for any on loopback, where an app server takes any free port. */
export function isAllowedRedirectUri(value: string, registered: string): boolean {
  return value === registered || isLoopback(new URL(value).hostname)
}

/** The redirect URI with the answer's parameters behind what its query holds already. */
export function withAnswer(redirectUri: string, answer: Readonly<Record<string, string>>): string {
  const joint = redirectUri.includes('?') ? '&' : '?'
  return redirectUri + joint + new URLSearchParams(answer).toString()
}
