/**
 * Reads the arguments of `fetch` into what is sent, perhaps twice, and perhaps only after a handshake.
 *
 * The platform's `Request` reads them. A body is taken as bytes at once, as `fetch` would; a stream given
 * in the init is left alone and can go out only once.
 */
import { type BaseUrl, resolveUrl } from './base-url.ts'
import { abortable, withDeadline } from './deadline.ts'
import type { NewError } from './errors.ts'
import {
  copyInit,
  createOptionReader,
  isObject,
  PASSED,
  readSignal,
  refuseOption,
} from './options.ts'
import type {
  FetchInit,
  PlatformAbortSignal,
  PlatformRequest,
  PlatformUrl,
} from './runtime-types.ts'

/** A request read from the arguments of `fetch`. */
export interface OutgoingRequest {
  readonly url: URL
  readonly method: string
  /** Nobody else's, Content-Type included. */
  readonly headers: Headers
  readonly body: BodyInit | undefined
  /** True where `body` is a stream. */
  readonly isStream: boolean
  /** False for a stream, also for one that a `Request` carried. */
  readonly isRepeatable: boolean
  /** The text of an `application/x-www-form-urlencoded` body, which some signatures cover. */
  readonly formBody: string | undefined
  readonly signal: AbortSignal | undefined
  /** Everything else that goes to `fetch` as given: `credentials`, `mode`, `cf`, `dispatcher` … */
  readonly passed: RequestInit
}

/** How arguments are read. */
export interface ReadingOptions {
  readonly newError: NewError
  readonly base: BaseUrl
  /** Milliseconds until the body is read. */
  readonly timeoutMs: number
}

type Input = string | PlatformUrl | PlatformRequest

/**
 * Reads the arguments of `fetch`; origin and path are checked first.
 * @throws `…_URL_REFUSED`; `…_OPTION_INVALID` about `input`, `init` or the member at fault; `…_TIMEOUT`
 *   where a body does not end in time; the caller's abort reason
 */
export async function readOutgoing(
  { newError, base, timeoutMs }: ReadingOptions,
  input: Input,
  init: FetchInit | undefined,
): Promise<OutgoingRequest> {
  const url = resolveUrl(newError, base, input)
  // A Request in the place of an init has its members, but none that a copy would take over.
  const given = [init, input].find(isRequest)
  const { body, signal: own, ...passed } = given === init ? {} : readInit(newError, init)
  // As for fetch: null detaches the signal of a Request.
  const signals = { signal: own === undefined ? given?.signal : own }
  const signal = readSignal(createOptionReader(signals, newError))

  if (!given && isNone(body) && isEmpty(passed)) return { ...bareRequest(url), signal }
  const isStream = isStreamBody(body)
  const isMadeOfBytes = !given?.body || isByteStream(given.body)
  const request = readRequest(newError, { url, given, body, passed })
  const isForm = isFormType(request.headers.get('content-type'))
  const isPassedOn = isStream && !isForm
  const atOnce = body || !given ? bytesAtOnce(body) : undefined
  // A form may have to be signed, so it is read even where it streams.
  const { source, mayBeStream } = isStream
    ? { source: new Response(isForm ? body : null), mayBeStream: true }
    : body
      ? { source: request, mayBeStream: false }
      : takeCarried(request, isMadeOfBytes)
  const work = (deadline: PlatformAbortSignal) => readBytes(source, deadline)
  const bytes = atOnce ?? (await withDeadline({ newError, timeoutMs, signal }, work))
  requireMeaning(newError, { given, body }, bytes)
  return {
    url,
    method: request.method.toUpperCase(),
    headers: request.headers,
    body: isPassedOn ? body : bytes.byteLength ? bytes : undefined,
    isStream: isPassedOn,
    isRepeatable: !mayBeStream,
    formBody: isForm ? new TextDecoder().decode(bytes) : undefined,
    signal,
    passed: { ...(given && passedOf(given)), ...passed },
  }
}

/** An empty text is a body: the platform takes none in a GET. */
function isNone(body: BodyInit | null | undefined): boolean {
  return body === undefined || body === null
}

function isEmpty(init: RequestInit): boolean {
  return Object.keys(init).length === 0
}

/** What is meant by an address alone. */
function bareRequest(url: URL): Omit<OutgoingRequest, 'signal'> {
  return {
    url,
    method: 'GET',
    headers: new Headers(),
    body: undefined,
    isStream: false,
    isRepeatable: true,
    formBody: undefined,
    passed: {},
  }
}

function passedOf(request: Request): RequestInit {
  const given = request as unknown as Readonly<Record<string, unknown>>
  const standard = new Request(request.url) as unknown as Readonly<Record<string, unknown>>
  const names = PASSED.filter((name) => given[name] !== standard[name])
  return Object.fromEntries(names.map((name) => [name, given[name]]))
}

function readInit(newError: NewError, init: unknown): RequestInit {
  if (init === undefined || init === null) return {}
  return isObject(init) ? copyInit(init) : refuseOption(newError, 'init', init, 'an object')
}

function isRequest(value: unknown): value is Request {
  const { headers, clone } = Object(value) as Partial<Request>
  return headers !== undefined && typeof clone === 'function'
}

interface Arguments {
  readonly url: URL
  readonly given: Request | undefined
  readonly body: BodyInit | null | undefined
  /** The rest of the init. */
  readonly passed: RequestInit
}

/** Lets the platform read the arguments; a stream in the init is left out, since not every platform sends one. */
function readRequest(newError: NewError, read: Arguments): Request {
  const { url, given, body, passed } = read
  const isUsed = given?.bodyUsed || given?.body?.locked
  if (isUsed && !body) return refuseOption(newError, 'input', given, REQUEST)
  if ((body as ReadableStream | undefined)?.locked) return refuseMember(newError, 'body', body)
  try {
    const request = isStreamBody(body)
      ? new Request(given?.url ?? url, { ...(given && headOf(given)), ...passed })
      : new Request(given ?? url, { ...passed, ...(body !== undefined && { body }) })
    // In a page the Request of a library is a text to the platform, which takes it for an address: its method would be lost.
    const isRead = given === undefined || request.url === given.url
    if (isRead && (!body || !/^(get|head)$/i.test(request.method))) return request
  } catch {
    // Told below, without the platform's words, which quote what it refuses.
  }
  return refuseArguments(newError, read)
}

const REQUEST =
  'a Request of this platform whose body was not read or sent before: make a new one for each call'

function headOf({ method, headers }: Request): RequestInit {
  return { method, headers }
}

/** The forms of what is refused most often. */
const FORMS: Readonly<Record<string, string>> = {
  method: "the name of an HTTP method, such as 'POST'",
  headers:
    'names and values that HTTP allows in a header: no blanks in names, no line breaks, Latin-1',
  body: 'text, bytes, a Blob, a form, or a stream that nobody has read from',
}

/** Says which argument the platform does not take: the first member that it refuses by itself. */
function refuseArguments(newError: NewError, { url, given, body, passed }: Arguments): never {
  const members = { ...passed, ...(!isStreamBody(body) && { body }) }
  for (const [name, value] of Object.entries(members)) {
    try {
      new Request(url, { method: 'POST', [name]: value })
    } catch {
      return refuseMember(newError, name, value)
    }
  }
  if (given && !isTaken(given)) return refuseOption(newError, 'input', given, REQUEST)
  const form = 'left out of a GET or HEAD request, which has none: check init.method'
  // Firefox shows no body of a Request.
  const carried = body ?? (given && 'body' in given ? given.body : given)
  if (!isNone(carried)) return refuseOption(newError, 'init.body', carried, form)
  return refuseOption(newError, 'init', passed, 'what fetch takes together')
}

/** Whether the platform reads it as a `Request`; with a body in the place of its own, which it keeps. */
function isTaken(given: Request): boolean {
  try {
    return new Request(given, { method: 'POST', body: '' }).url === given.url
  } catch {
    return false
  }
}

function refuseMember(newError: NewError, name: string, value: unknown): never {
  return refuseOption(newError, `init.${name}`, value, FORMS[name] ?? 'what fetch takes')
}

/** An object that the platform turned into text such as `[object Object]`, or a list, was meant to be something else. */
function requireMeaning(
  newError: NewError,
  { given, body }: Pick<Arguments, 'given' | 'body'>,
  bytes: ArrayBuffer,
): void {
  const isList = Array.isArray(body)
  const text = bytes.byteLength <= 100 ? new TextDecoder().decode(bytes) : ''
  // Of bytes and a Blob the text is what the caller wrote; of a Request nothing tells what it was made of.
  const isMade = () => (isNone(body) ? given : Object(body) === body && text === String(body))
  if (!isList && !(/^\[object .*]$/.test(text) && isMade())) return
  const made = isList
    ? 'this list would be sent as the text of its items with commas between them'
    : `this object would be sent as the text "${text}"`
  const form = `${FORMS['body']}: ${made}; write JSON with JSON.stringify, and use the FormData and Blob of the platform`
  if (isNone(body)) refuseOption(newError, 'input', given, `a Request whose body is ${form}`)
  refuseOption(newError, 'init.body', body, form)
}

function isStreamBody(body: unknown): body is ReadableStream {
  const { getReader } = Object(body) as Partial<ReadableStream>
  return typeof getReader === 'function' || Symbol.asyncIterator in Object(body)
}

/** The bytes of a body that need not be waited for: none, text, bytes. */
function bytesAtOnce(body: BodyInit | null | undefined): ArrayBuffer | undefined {
  if (!body) return new ArrayBuffer()
  const view = typeof body === 'string' ? new TextEncoder().encode(body) : body
  if (!ArrayBuffer.isView(view)) return undefined
  // A copy, since the caller may write over the bytes before they are sent.
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice().buffer
}

/** Media types are of any case, and may have parameters (RFC 9110 section 8.3.1). */
function isFormType(contentType: string | null): boolean {
  const [essence = ''] = (contentType ?? '').split(';')
  return essence.trim().toLowerCase() === 'application/x-www-form-urlencoded'
}

interface Carried {
  readonly source: Request | Response
  readonly mayBeStream: boolean
}

/**
 * Tells whether the body of a `Request` may have been a stream of the caller's, which no platform says
 * outright. By the Fetch standard, what was a stream may not be taken over with the mode `no-cors`; where
 * a platform does not hold to that, a body of its own making is a byte stream. What shows neither counts
 * as a stream.
 */
function takeCarried(request: Request, isMadeOfBytes: boolean): Carried {
  if (!request.body) return { source: request, mayBeStream: false }
  const stream = newProbe(new ReadableStream())
  // A platform that sends no streams made text of it.
  if (stream?.headers.has('content-type')) return { source: request, mayBeStream: false }
  const isTold = stream !== undefined && !takeWithoutCors(stream)
  if (!isTold) return { source: request, mayBeStream: !isMadeOfBytes }
  const taken = takeWithoutCors(request)
  return { source: taken ?? request, mayBeStream: taken === undefined }
}

function newProbe(body: BodyInit): Request | undefined {
  try {
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    return new Request('https://probe.invalid', init)
  } catch {
    return undefined
  }
}

/** A request that was refused keeps its body. */
function takeWithoutCors(request: Request): Request | undefined {
  try {
    return new Request(request, { method: 'POST', mode: 'no-cors' })
  } catch {
    return undefined
  }
}

function isByteStream(body: ReadableStream): boolean {
  try {
    body.getReader({ mode: 'byob' }).releaseLock()
    return true
  } catch {
    return false
  }
}

/** Reads a body to its end; a source that is left early is cancelled. */
async function readBytes(
  source: Request | Response,
  signal: PlatformAbortSignal,
): Promise<ArrayBuffer> {
  // Some browsers give a Request no `body`; what they carry is never a stream.
  if (!source.body) return await abortable(source.arrayBuffer(), signal)
  const reader = source.body.getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  try {
    for (;;) {
      const { done, value } = await abortable(reader.read(), signal)
      if (done) return await new Blob(chunks).arrayBuffer()
      chunks.push(value as Uint8Array<ArrayBuffer>)
    }
  } finally {
    // Of a body that has ended nothing is left to cancel.
    reader.cancel(signal.reason).catch(() => {})
  }
}
