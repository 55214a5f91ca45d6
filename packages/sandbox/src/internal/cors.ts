/** Cross-origin permission (Fetch standard, CORS protocol); the broker gives none. */

export function corsHeaders(): [string, string][] {
  return [
    ['access-control-allow-origin', '*'],
    ['access-control-expose-headers', 'Date, Retry-After, UC-REST-ERROR, X-UltraCart-Request-Id'],
  ]
}

export function preflight(request: Request): Response {
  const headers = new Headers(corsHeaders())
  headers.set('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
  // A star would not cover Authorization.
  headers.set(
    'access-control-allow-headers',
    request.headers.get('access-control-request-headers') ?? 'Authorization, Content-Type',
  )
  if (request.headers.get('access-control-request-private-network') === 'true') {
    headers.set('access-control-allow-private-network', 'true')
  }
  headers.set('access-control-max-age', '600')
  headers.set('vary', 'Access-Control-Request-Headers')
  return new Response(null, { status: 204, headers })
}
