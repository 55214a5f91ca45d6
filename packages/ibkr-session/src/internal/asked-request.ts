/**
 * What a caller of `fetch` asks for: which method and path, until when.
 */
import {
  type FetchInit,
  isSignal,
  type PlatformAbortSignal,
  type PlatformRequest,
  type PlatformUrl,
} from '@isoauth/core-client'
import { refuse } from './errors.ts'

/** What `fetch` takes first. */
export type FetchInput = string | PlatformUrl | PlatformRequest

/** What is known of a request before it is sent. */
export interface AskedRequest {
  readonly method: string
  /** Below the broker's base path, without query: `/iserver/accounts`. */
  readonly path: string
  /** With its `?`; empty where there is none. */
  readonly query: string
  /** Where it goes; undefined for a path below the connection's base. */
  readonly origin: string | undefined
}

/** Reads the arguments of `fetch`; where there is no address in them, `path` is empty. */
export function readAsked(input: FetchInput, init: FetchInit | undefined): AskedRequest {
  const request = Object(input) as { readonly method?: unknown; readonly url?: unknown }
  const given = (init as { readonly method?: unknown } | undefined)?.method
  const method = textOf(given ?? request.method ?? 'GET').toUpperCase()
  const text = typeof input === 'string' ? input : textOf(request.url ?? input)
  const isAbsolute = /^([a-z][a-z\d+.-]*:|[/\\]{2})/i.test(text)
  const url = parseUrl(isAbsolute ? text : `https://base.invalid/${text.replace(/^[/\\]/, '')}`)
  const path = (url?.pathname ?? '').replace(/^\/v1\/(api|portal)(?=\/)/, '')
  return {
    method,
    path,
    query: url?.search ?? '',
    origin: isAbsolute ? url?.origin : undefined,
  }
}

/** The signal of a request, given beside it or in it. */
export function signalOf(input: unknown, init: unknown): PlatformAbortSignal | undefined {
  const [own, carried] = [init, input].map(
    (value) => (Object(value) as { readonly signal?: unknown }).signal,
  )
  // As for fetch: null detaches the signal of a Request.
  const signal = own === undefined ? carried : own
  if (signal == null) return undefined
  return isSignal(signal) ? signal : refuse('init.signal', signal, 'an AbortSignal')
}

/** True where the body of a request that was sent is gone with it: that of a `Request`, a stream. */
export function isUsedUp(input: unknown, init: unknown): boolean {
  const { body } = Object(init) as { readonly body?: unknown }
  const { bodyUsed } = Object(input) as { readonly bodyUsed?: unknown }
  const isStream = 'getReader' in Object(body) || Symbol.asyncIterator in Object(body)
  return bodyUsed === true || isStream
}

/** What no text can be made of is left to the connection to refuse. */
function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return ''
  }
}

/** Reads an address; gives undefined where it is none. */
export function parseUrl(text: string): PlatformUrl | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
