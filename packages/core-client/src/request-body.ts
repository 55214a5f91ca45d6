/**
 * Request bodies: a copy that can be sent twice, or a stream that goes once.
 */

/** A body that `fetch` takes, and whether it can be sent again. */
export interface OutgoingBody {
  readonly body?: BodyInit | undefined
  /** True for none, text, bytes, Blob and form; false for streams. */
  readonly isReplayable: boolean
}

/**
 * Takes the body of `init`, or else of `request`. Bytes and forms are copied, as `fetch` would copy
 * them at once, since ours may go out only after a handshake. A `Request`'s body is read whole and
 * never forwarded as a stream.
 */
export async function takeBody(
  request: Request | undefined,
  initBody: BodyInit | null | undefined,
): Promise<OutgoingBody> {
  if (initBody) {
    const copy = copyOf(initBody)
    return { body: copy ?? initBody, isReplayable: copy !== undefined }
  }
  // Firefox has no request.body, so an absent body shows only as no bytes.
  const bytes = await request?.arrayBuffer()
  return { body: bytes?.byteLength ? bytes : undefined, isReplayable: true }
}

/**
 * The text of an `application/x-www-form-urlencoded` body, which some signatures cover; undefined for
 * any other body.
 */
export function formTextOf(body: OutgoingBody['body'], headers: Headers): string | undefined {
  if (body instanceof URLSearchParams) return String(body)
  if (!headers.get('content-type')?.startsWith('application/x-www-form-urlencoded'))
    return undefined
  return body instanceof ArrayBuffer ? new TextDecoder().decode(body) : String(body)
}

function copyOf(body: BodyInit): BodyInit | undefined {
  if (typeof body === 'string' || body instanceof Blob) return body
  if (body instanceof ArrayBuffer) return body.slice(0)
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice()
  }
  if (body instanceof URLSearchParams) return new URLSearchParams(body)
  if (!(body instanceof FormData)) return undefined
  const form = new FormData()
  for (const [name, value] of body) form.append(name, value)
  return form
}
