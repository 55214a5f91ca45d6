/** What stands in front of the services: the page of the network edge, and what a server says by itself. */
import { jsonResponse, SERVER_TEXTS } from './call.ts'
import { hasProblemDetails, simpleProblem } from './ibkr-oauth2/problem-details.ts'
import type { RequestRecord } from './request-record.ts'
import { faultAnswer } from './ultracart/answers.ts'
import { isUltraCartPath } from './ultracart/paths.ts'

const EDGE_PAGE =
  '<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>' +
  "<P>You don't have permission to access this server. Reference #SANDBOX</P></BODY></HTML>"

export function edgePage(status: number): Response {
  return new Response(EDGE_PAGE, { status, headers: { 'content-type': 'text/html' } })
}

/** An answer of which only the status is known, in the form of the service whose path it is. */
export function refusalOf(record: Pick<RequestRecord, 'id' | 'path'>, status: number): Response {
  if (isUltraCartPath(record.path)) return faultAnswer(record, status)
  if (status >= 400 && hasProblemDetails(record.path)) return simpleProblem(status)
  const error = SERVER_TEXTS[status] ?? 'SANDBOX fault'
  // A breach of pacing is told without a statusCode.
  return jsonResponse({ error, statusCode: status === 429 ? undefined : status }, status)
}
