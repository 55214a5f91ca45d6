/** Problem details (RFC 9457) as the broker writes them: relative types, few words. */
import { SERVER_TEXTS, UNCACHED } from '../call.ts'

export interface InvalidArgument {
  readonly field: string
  readonly description: string
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** True for the paths whose errors are problem details. */
export function hasProblemDetails(path: string): boolean {
  return path.startsWith('/oauth2/') || path.startsWith('/gw/')
}

/** `{"type":"/simple",…}`. */
export function simpleProblem(status: number, detail?: string): Response {
  return problemResponse(
    {
      type: '/simple',
      title: TITLES[status] ?? SERVER_TEXTS[status] ?? 'Error',
      status,
      ...(detail && { detail }),
    },
    status === 401 ? { 'www-authenticate': 'Bearer error="invalid_token"' } : {},
  )
}

/** `{"type":"/invalid-argument",…}`, naming each field. */
export function invalidArguments(fields: readonly InvalidArgument[]): Response {
  return problemResponse({
    type: '/invalid-argument',
    title: 'Bad Request',
    status: 400,
    invalidArguments: fields,
  })
}

function problemResponse(
  body: { readonly status: number; readonly [member: string]: unknown },
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: {
      'content-type': 'application/problem+json',
      ...UNCACHED,
      ...headers,
    },
  })
}
