/** Error bodies in the broker's style: terse towards the client, the reason stays in the record. */
import { type Call, jsonResponse } from '../call.ts'

/** `{"error":"id: <n>, error: …","statusCode":…}`: what `/oauth/*` and failed authentication give. */
export function tracedError(call: Call, status: number, text: string): Response {
  return jsonResponse(
    { error: `id: ${call.record.id}, error: ${text}`, statusCode: status },
    status,
  )
}

/** `{"error":"…","statusCode":…}`: what the resources give. */
export function plainError(status: number, text: string): Response {
  return jsonResponse({ error: text, statusCode: status }, status)
}
