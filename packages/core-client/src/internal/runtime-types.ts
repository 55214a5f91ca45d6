/**
 * The platform's types as public signatures use them: the real ones where the consumer's compiler
 * knows them (DOM, Node or Workers types), else structural ones.
 *
 * What is declared as a class, as Workers types do with some, is no property of `typeof globalThis`:
 * such types are read off functions and objects that are.
 */

/** The platform's `Response`. */
export type PlatformResponse = typeof globalThis extends { Response: { prototype: infer T } }
  ? T
  : {
      readonly status: number
      readonly ok: boolean
      readonly headers: { get(name: string): string | null }
      text(): Promise<string>
      json(): Promise<unknown>
    }

/** The platform's `Request`. */
export type PlatformRequest = typeof globalThis extends { Request: { prototype: infer T } }
  ? T
  : { readonly url: string; readonly method: string }

/** The platform's `URL`. */
export type PlatformUrl = typeof globalThis extends { URL: { prototype: infer T } }
  ? T
  : typeof globalThis extends { fetch: (input: infer T, init?: never) => unknown }
    ? Extract<T, { readonly href: string }>
    : { readonly href: string; toString(): string }

/** The platform's `Headers`. */
export type PlatformHeaders = typeof globalThis extends { Headers: { prototype: infer T } }
  ? T
  : PlatformRequest extends { headers: infer T }
    ? T
    : {
        get(name: string): string | null
        has(name: string): boolean
        set(name: string, value: string): void
      }

/** The platform's `AbortSignal`. */
export type PlatformAbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer T } }
  ? T
  : PlatformRequest extends { signal: infer T }
    ? T
    : { readonly aborted: boolean }

/** The second parameter of `fetch`. */
export type FetchInit = typeof globalThis extends {
  fetch: (input: never, init?: infer T) => unknown
}
  ? T
  : {
      readonly method?: string
      readonly headers?: unknown
      readonly body?: unknown
      readonly signal?: PlatformAbortSignal | null
    }

/** A function used like the platform's `fetch`. */
export type FetchFunction = (
  input: string | PlatformUrl | PlatformRequest,
  init?: FetchInit,
) => Promise<PlatformResponse>
