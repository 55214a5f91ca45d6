/**
 * One call to the broker: signed here, its answer streamed back. Headers pass by a list in both
 * directions, so that neither the page's cookie nor the broker's reaches the other.
 */
import { hasCode } from '@isoauth/core-crypto'
import type { IbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { dataHeaders } from '../answers.ts'
import { type EdgeError, refusal } from '../errors.ts'
import { readJsonBytes, refuseBody } from '../request-body.ts'
import type { ChosenCall } from './allowed-calls.ts'

const TO_BROKER = ['accept', 'accept-language']
const TO_PAGE = ['content-type', 'retry-after']

/** What a call says of the handshakes that its isolate made so far. */
export interface HandshakeCount {
  /** Of this isolate; random, and gone with it. */
  readonly isolate: string
  readonly handshakes: number
}

/** Sends a chosen call. @throws EdgeError `EDGE_BODY_REFUSED`, `EDGE_UPSTREAM_FAILED` */
export async function forward(
  ibkr: IbkrOAuth1,
  { call, target }: ChosenCall,
  { request, count }: { readonly request: Request; readonly count: () => HandshakeCount },
): Promise<Response> {
  const headers = pick(request.headers, TO_BROKER)
  if (call.body === 'json') headers['content-type'] = 'application/json'
  else refuseBody(request)
  const body = call.body === 'json' ? await readJsonBytes(request) : undefined
  const began = performance.now()
  const { signal } = request
  const init = { method: call.method, headers, signal, ...(body && { body }) }
  const answer = await ibkr.fetch(target, init).catch((error: unknown) => {
    // Nobody is left to answer.
    signal.throwIfAborted()
    throw upstreamFailure(error)
  })
  const { status, body: stream } = answer
  if (status === 401) {
    // The page would take it for the end of its own session.
    stream?.cancel().catch(() => {})
    throw failed(502, 'The broker refused the signature (401): check the credentials of the edge.')
  }
  return new Response(stream, {
    status,
    headers: dataHeaders({
      ...pick(answer.headers, TO_PAGE),
      'server-timing': serverTiming(performance.now() - began, count()),
    }),
  })
}

/** In the form of the header: one metric each, with a duration or a description. */
function serverTiming(brokerMs: number, { isolate, handshakes }: HandshakeCount): string {
  return `broker;dur=${brokerMs.toFixed(1)}, handshakes;desc="${handshakes}", isolate;desc="${isolate}"`
}

/** What failed, without a word of the broker's. */
function upstreamFailure(error: unknown): EdgeError {
  if (hasCode(error, 'IBKR_OAUTH1_TIMEOUT'))
    return failed(504, 'The broker did not answer in time.')
  const { code } = Object(error) as { code?: unknown }
  const isOurs = typeof code === 'string' && code.startsWith('IBKR_OAUTH1_')
  return failed(502, isOurs ? `The call failed: ${code}.` : 'The broker could not be reached.')
}

function failed(status: number, message: string): EdgeError {
  return refusal('EDGE_UPSTREAM_FAILED', status, message)
}

function pick(headers: Headers, names: readonly string[]): Record<string, string> {
  const found = names.map((name) => [name, headers.get(name)] as const)
  return Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== null))
}
