/**
 * The `fetch` that callers use: it notices that the brokerage session is gone, has it opened again once, and
 * repeats what may be repeated. Orders, and whatever else changes something, go out once.
 */
import {
  type FetchFunction,
  type PlatformAbortSignal,
  type PlatformResponse,
  receiveAnswer,
  type WaitUntil,
  withDeadline,
  withoutContent,
} from '@isoauth/core-client'
import { type AskedRequest, isUsedUp, readAsked, signalOf } from './asked-request.ts'
import { type Broker, saysNoBridge } from './broker-call.ts'
import { closedError, newError } from './errors.ts'
import type { Restorer } from './restore.ts'
import type { SessionState } from './session-state.ts'

/** What the `fetch` of a session needs. */
export interface SessionFetchParts {
  readonly broker: Broker
  readonly state: SessionState
  readonly restorer: Restorer
  readonly waitUntil: WaitUntil | undefined
  /** Milliseconds for the reading of an answer that may say that there is no session. */
  readonly timeoutMs: number
  /** Told of each request that is sent; and again when it was answered (`isGood`: by a 2xx) or lost. */
  readonly onAsked: (asked: AskedRequest, isGood?: boolean) => void
}

/** After these the broker may have carried out what was asked: it gives up waiting for itself after 10 s. */
const UNKNOWN_OUTCOME: readonly number[] = [408, 502, 503, 504]

/** POSTs that ask, or set what is set already: a second one changes nothing. */
const SAFE_POSTS: readonly string[] = [
  '/tickle',
  '/iserver/auth/status',
  '/iserver/auth/ssodh/init',
  '/iserver/questions/suppress',
  '/iserver/questions/suppress/reset',
  '/iserver/secdef/search',
  '/trsrv/secdef',
]

/** Makes the `fetch` of a session. */
export function createSessionFetch(parts: SessionFetchParts): FetchFunction {
  const { broker, state, restorer, waitUntil, timeoutMs, onAsked } = parts

  return async (input, init) => {
    const asked = readAsked(input, init)
    const signal = signalOf(input, init)
    const isBrokerage = asked.path.startsWith('/iserver/')
    const isRepeatable = mayBeRepeated(asked)
    if (isBrokerage) await restorer.settled(signal)
    if (state.phase === 'closed') throw closedError()
    const { epoch } = state
    const send = async () => {
      onAsked(asked)
      let isGood = false
      try {
        const answer = await broker.send(input, init)
        isGood = answer.ok
        return answer
      } finally {
        onAsked(asked, isGood)
      }
    }
    const response = isRepeatable ? await send() : await sendOnce(send, asked, signal)
    if (!isBrokerage || !restorer.intent) return response
    const said = await saidBy(response, { timeoutMs, signal })
    const isGone = saysNoBridge(response.status, said)
    // Of a session that is there, an opening asks for the accounts.
    if (!isGone && !/query \S*accounts first/i.test(said)) return response

    if (isGone && state.epoch === epoch) state.lose({ reason: 'no-bridge' })
    const isRepeated = isRepeatable && !isUsedUp(input, init)
    const restored = restorer.restore(epoch, isRepeated ? signal : undefined)
    if (!isRepeated) {
      // The answer stands; the session is for the next call.
      const settled = restored.catch(() => {})
      waitUntil?.(settled)
      return response
    }
    // Before the wait: where the session does not open again, nobody reads it either.
    response.body?.cancel().catch(() => {})
    await restored
    return await send()
  }
}

/** False for orders, and for every POST, PUT and DELETE that is not on the list of safe ones. */
function mayBeRepeated({ method, path }: AskedRequest): boolean {
  const isRead = method === 'GET' || method === 'HEAD'
  return isRead || (method === 'POST' && SAFE_POSTS.includes(path))
}

/** Sends what must not be sent twice, and says so where nobody knows what came of it. */
async function sendOnce(
  send: () => Promise<PlatformResponse>,
  { method, path }: AskedRequest,
  signal: PlatformAbortSignal | undefined,
): Promise<PlatformResponse> {
  const unknown = (what: string, details: object) =>
    newError(
      'OUTCOME_UNKNOWN',
      `${what} to ${method} ${withoutNumbers(path)}: the broker may have carried it out. It was not sent again; look at orders and trades before you send another.`,
      details,
    )
  let response: PlatformResponse
  try {
    response = await send()
  } catch (error) {
    signal?.throwIfAborted()
    const { code, status } = Object(error) as { readonly code?: unknown; readonly status: number }
    const isCoded = typeof code === 'string' && /^[A-Z\d]+_[A-Z\d]+_[A-Z\d_]+$/.test(code)
    // A fetch that rejects what was answered is at fault as an option, and yet the order was sent.
    if (isCoded && code.endsWith('_OPTION_INVALID') && UNKNOWN_OUTCOME.includes(status)) {
      throw unknown(`The answer ${status} came`, { status })
    }
    // Codes of Node's (of its HTTP parser, of zlib) and of undici look like ours.
    const isLost = !isCoded || /^(UND|ERR|HPE|Z)_|_(TIMEOUT|NETWORK)$/.test(code)
    throw isLost ? unknown('No answer came', { cause: withoutContent(error) }) : error
  }
  const { status } = response
  if (!UNKNOWN_OUTCOME.includes(status)) return response
  response.body?.cancel().catch(() => {})
  throw unknown(`The answer ${status} came`, { status })
}

/** A path without accounts and order numbers. */
function withoutNumbers(path: string): string {
  const parts = path.split('/').map((part) => (/\d/.test(part) ? '…' : part))
  return parts.join('/')
}

/** What an answer says that may tell what is missing. A copy is read; the answer stays whole for the caller. */
async function saidBy(
  response: PlatformResponse,
  limits: { readonly timeoutMs: number; readonly signal: PlatformAbortSignal | undefined },
): Promise<string> {
  if (response.status !== 400 && response.status !== 500) return ''
  const copy = response.clone()
  try {
    const { text } = await withDeadline(limits, (deadline) =>
      receiveAnswer(copy, { limitBytes: 2048 }, deadline),
    )
    return text
  } catch {
    limits.signal?.throwIfAborted()
  }
  // A body that breaks off, or does not come, says nothing.
  return ''
}
