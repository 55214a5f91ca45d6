/**
 * Request bodies: a copy that can be sent twice, or a stream that goes once.
 */

/** A body that `fetch` takes, and whether it can be sent again. */
export interface OutgoingBody {
  readonly body: BodyInit | null | undefined
  /** True for none, text, bytes, Blob and form; false for streams. */
  readonly replayable: boolean
  /** True for a stream, which `fetch` wants announced by `duplex: 'half'`. */
  readonly isStream: boolean
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
  if (initBody !== undefined && initBody !== null) return fromInit(initBody)
  if (request === undefined || request.method === 'GET' || request.method === 'HEAD') return none()
  // Firefox has no request.body, so an absent body shows only as no bytes.
  const bytes = await request.arrayBuffer()
  return bytes.byteLength === 0 ? none() : { body: bytes, replayable: true, isStream: false }
}

/**
 * The text of an `application/x-www-form-urlencoded` body, which some signatures cover; undefined for
 * any other body.
 */
export function formTextOf(body: OutgoingBody['body'], headers: Headers): string | undefined {
  if (body instanceof URLSearchParams) return body.toString()
  if (!headers.get('content-type')?.startsWith('application/x-www-form-urlencoded'))
    return undefined
  if (typeof body === 'string') return body
  return body instanceof ArrayBuffer ? new TextDecoder().decode(body) : undefined
}

function fromInit(body: BodyInit): OutgoingBody {
  const copy = copyOf(body)
  if (copy !== undefined) return { body: copy, replayable: true, isStream: false }
  return { body, replayable: false, isStream: true }
}

function copyOf(body: BodyInit): BodyInit | undefined {
  if (typeof body === 'string' || body instanceof Blob) return body
  if (body instanceof ArrayBuffer) return body.slice(0)
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice()
  }
  if (body instanceof URLSearchParams) return new URLSearchParams(body)
  if (body instanceof FormData) {
    const form = new FormData()
    for (const [name, value] of body) form.append(name, value)
    return form
  }
  return undefined
}

function none(): OutgoingBody {
  return { body: undefined, replayable: true, isStream: false }
}
