/** Bodies of requests: read once, as UTF-8 text, and never more than one mebibyte of them. */
import { type Call, jsonResponse, Refusal } from './call.ts'

/** The longest body that is read, in bytes. */
const BODY_LIMIT = 1_048_576

/** The most fields that a form may have: browsers take seconds to split a mebibyte of short ones. */
const FIELD_LIMIT = 1000

/** Deeper than any body is meant to be. Platforms take more than linear time to read such JSON. */
const DEPTH_LIMIT = 5000

/** The media type that a request names, in lower case and without parameters. */
export function mediaTypeOf({ request }: Pick<Call, 'request'>): string {
  return (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
}

/**
 * The body as text. Stops reading at the limit, whatever `Content-Length` says: a chunked body has
 * none, and nothing of what follows is kept.
 */
export async function readBody(request: Request): Promise<string> {
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > BODY_LIMIT) throw tooLarge()
  if (request.body === null) return ''
  // Firefox shows no stream of a request; there a request comes from the page itself, whole.
  if (request.body === undefined) return readWhole(request)
  const reader = request.body.getReader()
  const decoder = createDecoder()
  let text = ''
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return refuseDeep(text + decoder.decode())
    length += value.byteLength
    if (length > BODY_LIMIT) {
      // The sender may never stop: its stream is told, not waited for.
      reader.cancel().catch(() => {})
      throw tooLarge()
    }
    text += decoder.decode(value, { stream: true })
  }
}

/**
 * The fields of a form. What a request names as `multipart/form-data` is read as that, with the text of a file in the
 * place of the file; everything else as `application/x-www-form-urlencoded`, whatever type it names.
 */
export async function readForm(call: Call): Promise<URLSearchParams> {
  const type = call.request.headers.get('content-type') ?? ''
  const text = await call.body()
  const isMultipart = mediaTypeOf(call) === 'multipart/form-data'
  refuseManyFields(text, isMultipart ? 'Content-Disposition' : '&')
  return isMultipart ? readMultipart(text, type) : new URLSearchParams(text)
}

async function readMultipart(text: string, type: string): Promise<URLSearchParams> {
  const fields = new URLSearchParams()
  try {
    const form = await new Response(text, { headers: { 'content-type': type } }).formData()
    for (const [name, value] of form) {
      fields.append(name, typeof value === 'string' ? value : await value.text())
    }
  } catch {
    throw new Refusal(
      'body: not the multipart/form-data that it says it is',
      jsonResponse({ error: 'Bad Request', statusCode: 400 }, 400),
    )
  }
  return fields
}

function refuseManyFields(text: string, mark: string): void {
  let at = -1
  for (let fields = 0; fields < FIELD_LIMIT; fields++) {
    at = text.indexOf(mark, at + 1)
    if (at === -1) return
  }
  throw tooLarge(`more than ${FIELD_LIMIT} fields`)
}

async function readWhole(request: Request): Promise<string> {
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength > BODY_LIMIT) throw tooLarge()
  return refuseDeep(createDecoder().decode(bytes))
}

/** Counts brackets, those in texts too: no text has so many that are not closed. */
function refuseDeep(text: string): string {
  let depth = 0
  for (const sign of text) {
    if (sign === '[' || sign === '{') depth++
    else if (sign === ']' || sign === '}') depth--
    if (depth > DEPTH_LIMIT) throw tooLarge(`nested more than ${DEPTH_LIMIT} levels deep`)
  }
  return text
}

/** A byte order mark is kept: whoever gets the body is to judge all of it. */
function createDecoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true })
}

function tooLarge(reason = 'larger than 1 MiB'): Refusal {
  return new Refusal(`body: ${reason}`, 413)
}
