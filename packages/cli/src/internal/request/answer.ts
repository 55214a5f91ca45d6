/** An answer as it is written: raw and as it arrives, or as one JSON document. */
import type { Io } from '../io.ts'

/** Status line and headers, as `curl --include` writes them. */
export function head({ status, statusText, headers }: Response): string {
  const first = `HTTP ${status} ${statusText}`.trimEnd()
  const lines = [...headers].map(([name, value]) => `${name}: ${value}`)
  return [first, ...lines, '', ''].join('\r\n')
}

/** As much of a body as can tell what a refusal is, in characters. */
const BEGINNING = 4096

/**
 * Writes the body byte by byte as it arrives; a line end after it on a terminal.
 *
 * @returns the beginning of the body as text
 */
export async function streamBody({ body }: Response, { stdout }: Io): Promise<string> {
  let last: number | undefined
  let beginning = ''
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    last = chunk.at(-1) ?? last
    if (beginning.length < BEGINNING) {
      beginning += new TextDecoder().decode(chunk.subarray(0, BEGINNING))
    }
    await stdout.write(chunk)
  }
  const isEnded = last === undefined || last === 0x0a
  if (stdout.isTerminal && !isEnded) await stdout.write('\n')
  return beginning
}

/** The answer as data: the body as JSON where it is JSON, else as text, else in base64. */
export async function answerJson(response: Response, durationMs: number): Promise<object> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  return {
    status: response.status,
    ok: response.ok,
    headers: Object.fromEntries(response.headers),
    ...bodyOf(bytes),
    durationMs: Math.round(durationMs),
  }
}

function bodyOf(bytes: Uint8Array): object {
  if (bytes.length === 0) return { body: null }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return { bodyBase64: Buffer.from(bytes).toString('base64') }
  }
  try {
    return { body: JSON.parse(text) as unknown }
  } catch {
    return { body: text }
  }
}
