/** Answers of the demo's server, with the headers that each has to carry. */

/** Gives nothing for what is not its own. */
export type Handler = (request: Request) => Response | undefined | Promise<Response | undefined>

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  // Not "no-referrer", with which a form of the page would be sent without its origin.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const

/** The page may talk to its own origin, and to nothing else. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Files whose name changes with their content may be kept. */
export function file(
  body: Uint8Array,
  type: string,
  options: { readonly isHashed: boolean },
): Response {
  return new Response(new Uint8Array(body), {
    headers: {
      ...ALWAYS,
      'content-type': type,
      'content-security-policy': PAGE_POLICY,
      'cache-control': options.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  })
}

export function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { ...ALWAYS, 'content-type': 'application/json', 'cache-control': 'no-store' },
  })
}

/** Leads the browser on by GET. */
export function seeOther(location: string, cookie?: string): Response {
  const headers = new Headers({ ...ALWAYS, location, 'cache-control': 'no-store' })
  if (cookie !== undefined) headers.set('set-cookie', cookie)
  return new Response(null, { status: 303, headers })
}

export function notFound(): undefined {
  return undefined
}
