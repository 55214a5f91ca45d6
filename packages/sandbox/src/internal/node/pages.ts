/** Pages of an application, served on the sandbox's own origin, so that neither needs CORS. */
import { isControlPath } from '../control.ts'
import { foreignness, hostMismatch } from '../local-guard.ts'
import { isLoopback } from '../loopback.ts'

/**
 * Answers requests for pages beside the sandbox: a `Response`, or `undefined` (with the body unread)
 * to leave the request to the sandbox, which then records and judges it.
 *
 * It is asked only for what names the sandbox's own origin as `Host`, and for methods other than GET
 * and HEAD only when one of its own pages or a program on this machine asks; never for `/__sandbox/*`.
 * Whoever opens an address in a browser under another name of this machine, such as `localhost`, is led to the origin.
 */
export type Pages = (request: Request) => Response | undefined | Promise<Response | undefined>

/** The pages' answer, if the request may get one. */
export async function answerFromPages(
  pages: Pages,
  request: Request,
  origin: string,
): Promise<Response | undefined> {
  // Of no use to an application, and guarded by rules of its own.
  if (isControlPath(new URL(request.url).pathname)) return undefined
  const onlyReads = request.method === 'GET' || request.method === 'HEAD'
  // A link on another site may lead here; a form or a script of one may change nothing.
  const reason = onlyReads ? hostMismatch(request, origin) : foreignness(request, origin)
  if (reason === undefined) return pages(request)
  return onlyReads ? ledToOrigin(request, new URL(origin)) : undefined
}

/** The way to the origin for a person who opened another loopback name at its port. */
function ledToOrigin({ url, headers }: Request, origin: URL): Response | undefined {
  const address = `http://${headers.get('host')}`
  if (headers.get('sec-fetch-mode') !== 'navigate' || !URL.canParse(address)) return undefined
  const { hostname, port } = new URL(address)
  if (port !== origin.port || !isLoopback(hostname)) return undefined
  const { pathname, search } = new URL(url)
  const location = origin.origin + pathname + search
  return new Response(null, { status: 307, headers: { location, 'cache-control': 'no-store' } })
}
