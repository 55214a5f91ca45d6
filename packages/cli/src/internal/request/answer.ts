/** An answer as it is written for programs: raw and as it arrives, or as one JSON document. */
import type { Output } from '../io.ts'

/** Status line and headers, as `curl --include` writes them. */
export function head({ status, statusText, headers }: Response): string {
  const first = `HTTP ${status} ${statusText}`.trimEnd()
  const lines = [...headers].map(([name, value]) => `${name}: ${value}`)
  return [first, ...lines, '', ''].join('\r\n')
}

/** As much of a body as can tell what a refusal is, in characters. */
export const BEGINNING = 4096

/**
 * Writes the body byte by byte as it arrives.
 *
 * @returns the beginning of the body as text
 */
export async function streamBody(response: Response, stdout: Output): Promise<string> {
  let beginning = ''
  for await (const chunk of chunksOf(response)) {
    if (beginning.length < BEGINNING) {
      beginning += new TextDecoder().decode(chunk.subarray(0, BEGINNING))
    }
    await stdout.write(chunk)
  }
  return beginning
}

/** The body of an answer as it arrives; nothing where there is none. */
export function chunksOf({ body }: Response): AsyncIterable<Uint8Array> | [] {
  return body === null ? [] : (body as AsyncIterable<Uint8Array>)
}

/** A body that was read whole: as JSON where it is JSON, else as text, else in base64. */
export type TakenBody =
  | { readonly kind: 'json'; readonly body: unknown }
  | { readonly kind: 'text'; readonly body: string | null }
  | { readonly kind: 'bytes'; readonly bodyBase64: string }

export async function takeBody(response: Response): Promise<TakenBody> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (bytes.length === 0) return { kind: 'text', body: null }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return { kind: 'bytes', bodyBase64: Buffer.from(bytes).toString('base64') }
  }
  try {
    return { kind: 'json', body: JSON.parse(text) as unknown }
  } catch {
    return { kind: 'text', body: text }
  }
}

/** The answer as data. */
export function answerJson(
  { status, ok, headers }: Response,
  { kind: _kind, ...body }: TakenBody,
  durationMs: number,
): object {
  return {
    status,
    ok,
    headers: Object.fromEntries(headers),
    ...body,
    durationMs: Math.round(durationMs),
  }
}
