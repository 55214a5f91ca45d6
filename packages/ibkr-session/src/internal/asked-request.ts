/**
 * What a caller of `fetch` asks for: which path, and whether it may be sent a second time.
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
  /** False for orders, and for every POST, PUT and DELETE that is not on the list of safe ones. */
  readonly isRepeatable: boolean
  /** True below `/iserver`, where a brokerage session is needed. */
  readonly isBrokerage: boolean
  /** Where it goes; undefined for a path below the connection's base. */
  readonly origin: string | undefined
}

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

/** Reads the arguments of `fetch`. Where they cannot be read, the request is not repeatable. */
export function readAsked(input: FetchInput, init: FetchInit | undefined): AskedRequest {
  const request = Object(input) as { readonly method?: unknown; readonly url?: unknown }
  const given = (init as { readonly method?: unknown } | undefined)?.method
  const method = String(given ?? request.method ?? 'GET').toUpperCase()
  const text = typeof input === 'string' ? input : String(request.url ?? input)
  const isAbsolute = /^([a-z][a-z\d+.-]*:|[/\\]{2})/i.test(text)
  const url = parse(isAbsolute ? text : `https://base.invalid/${text.replace(/^[/\\]/, '')}`)
  const path = (url?.pathname ?? '').replace(/^\/v1\/(api|portal)(?=\/)/, '')
  const isRead = method === 'GET' || method === 'HEAD'
  return {
    method,
    path,
    query: url?.search ?? '',
    isRepeatable: isRead || (method === 'POST' && SAFE_POSTS.includes(path)),
    isBrokerage: path.startsWith('/iserver/'),
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
  if (signal === undefined || signal === null) return undefined
  return isSignal(signal) ? signal : refuse('init.signal', signal, 'an AbortSignal')
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
