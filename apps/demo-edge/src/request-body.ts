/** Bodies of requests: JSON, short, and read to their end before anything is done with them. */
import { refusal } from './errors.ts'

const LONGEST_BYTES = 65_536
const WITHIN_MS = 10_000

/** The bytes of a JSON body. @throws EdgeError `EDGE_BODY_REFUSED` (400, 408, 413, 415) */
export async function readJsonBytes(
  request: Request,
  withinMs = WITHIN_MS,
): Promise<Uint8Array<ArrayBuffer>> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json *(;|$)/i.test(type)) {
    throw refusal('EDGE_BODY_REFUSED', 415, 'The body must be application/json.')
  }
  const bytes = await readBytes(request, withinMs)
  parse(bytes)
  return bytes
}

/** A JSON body as a value. @throws EdgeError `EDGE_BODY_REFUSED` (400, 408, 413, 415) */
export async function readJson(request: Request): Promise<unknown> {
  return parse(await readJsonBytes(request))
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // The parser's exception quotes what it refuses.
    throw refusal('EDGE_BODY_REFUSED', 400, 'The body is not valid JSON.')
  }
}

async function readBytes(request: Request, withinMs: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let length = 0
  const reader = request.body?.getReader()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    const text = `The body must arrive within ${withinMs / 1000} s.`
    timer = setTimeout(() => reject(refusal('EDGE_BODY_REFUSED', 408, text)), withinMs)
  })
  try {
    for (;;) {
      const next = await Promise.race([reader?.read(), late])
      if (next === undefined || next.done) break
      length += next.value.length
      if (length > LONGEST_BYTES) {
        const text = `The body must not exceed ${LONGEST_BYTES} bytes.`
        throw refusal('EDGE_BODY_REFUSED', 413, text)
      }
      parts.push(next.value)
    }
  } catch (error) {
    // Not awaited: some runtimes answer it only when the sender has gone.
    reader?.cancel().catch(() => {})
    throw error
  } finally {
    clearTimeout(timer)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Refuses a body where none is expected. */
export function refuseBody(request: Request): void {
  const length = request.headers.get('content-length')
  if ((length === null || length === '0') && !request.headers.has('transfer-encoding')) return
  throw refusal('EDGE_BODY_REFUSED', 400, 'This call takes no body.')
}
