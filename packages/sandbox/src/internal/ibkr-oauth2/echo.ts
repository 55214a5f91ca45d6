/** The echo calls: they touch no account, and prove that a client is set up right. */
import { type Call, jsonResponse } from '../call.ts'
import type { GatewayRow } from './gateway.ts'

export const ECHO_ROWS: readonly GatewayRow[] = [
  {
    method: 'GET',
    path: '/echo/https',
    scope: 'echo.read',
    policy: 'HTTPS',
    service: 'ibkr-oauth2',
    answer: (call) => echo(call, 'HTTPS'),
  },
  {
    method: 'POST',
    path: '/echo/signed-jwt',
    scope: 'echo.write',
    policy: 'SIGNED_JWT',
    service: 'ibkr-oauth2',
    answer: (call) => echo(call, 'SIGNED_JWT'),
  },
]

function echo(call: Call, securityPolicy: GatewayRow['policy']): Response {
  return jsonResponse({
    requestMethod: call.record.method,
    securityPolicy,
    queryParameters: Object.fromEntries(new URLSearchParams(call.query ?? '')),
  })
}
