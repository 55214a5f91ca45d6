/** Secrets that a caller has in its own addresses and headers, for tests that search for them. */

/** A password in a base URL. */
const PASSWORD = 'Planted-Password-7Qz'
/** Headers of the caller's own, each with a secret in it. */
export const OWN_HEADERS = {
  'X-Api-Key': 'Planted-Api-Key-3Wm',
  Cookie: 'sid=Planted-Cookie-9Rk',
} as const

/** What must show nowhere. */
export const PLANTED: readonly string[] = [PASSWORD, OWN_HEADERS['X-Api-Key'], 'Planted-Cookie-9Rk']

/** `https://api.ibkr.com/x` with a user and the password. */
export function withUser(url: string): string {
  return url.replace('://', `://user:${PASSWORD}@`)
}

/** An error as a `fetch` over another library throws it: it carries the whole request, and quotes it. */
export function quotingFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(url, init)
  const headers = { ...Object.fromEntries(request.headers), ...OWN_HEADERS }
  const config = { url: request.url, headers, body: init?.body }
  const message = `connect ECONNREFUSED ${request.url} ${JSON.stringify(headers)}`
  const error = Object.assign(new Error(message), { code: 'ECONNREFUSED', config, request })
  return Promise.reject(Object.assign(error, { cause: Object.assign(new Error(message), config) }))
}
