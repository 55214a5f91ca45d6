/** Bodies of requests: JSON, short, and read to their end before anything is done with them. */
import { refusal } from './errors.ts'

const LONGEST_BYTES = 65_536

/** The bytes of a JSON body. @throws EdgeError `EDGE_BODY_REFUSED` (413, 415) */
export async function readJsonBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json *(;|$)/i.test(type)) {
    throw refusal('EDGE_BODY_REFUSED', 415, 'The body must be application/json.')
  }
  const parts: Uint8Array[] = []
  let length = 0
  const reader = request.body?.getReader()
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    length += next.value.length
    if (length > LONGEST_BYTES) {
      // Not awaited: some runtimes answer it only when the sender has gone.
      reader?.cancel().catch(() => {})
      throw refusal('EDGE_BODY_REFUSED', 413, `The body must not exceed ${LONGEST_BYTES} bytes.`)
    }
    parts.push(next.value)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** A JSON body as a value. @throws EdgeError `EDGE_BODY_REFUSED` (400, 413, 415) */
export async function readJson(request: Request): Promise<unknown> {
  const bytes = await readJsonBytes(request)
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // The parser's exception quotes what it refuses.
    throw refusal('EDGE_BODY_REFUSED', 400, 'The body is not valid JSON.')
  }
}

/** Refuses a body where none is expected. */
export function refuseBody(request: Request): void {
  const length = request.headers.get('content-length')
  if ((length === null || length === '0') && !request.headers.has('transfer-encoding')) return
  throw refusal('EDGE_BODY_REFUSED', 400, 'This call takes no body.')
}
