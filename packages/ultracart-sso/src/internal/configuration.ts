/**
 * The options of the client, checked.
 */
import {
  durationMs,
  type FetchFunction,
  optionalFunction,
  requireOptions,
} from '@isoauth/core-client'
import type { UltraCartSsoOptions } from '../client.ts'
import { isListOf, isText } from './forms.ts'
import { raise, refuse } from './raise.ts'
import { parseSafeUrl } from './safe-url.ts'

/** Checked {@link UltraCartSsoOptions}. */
export interface Configuration {
  /** The header that authorizes the application, and its value. */
  readonly credential: Credential
  readonly redirectUri: string
  /** Without a slash at its end. */
  readonly baseUrl: string
  /** The host of the base URL among them. */
  readonly loginHosts: readonly string[]
  readonly timeoutMs: number
  readonly fetch: FetchFunction | undefined
  readonly now: () => number
}

/** A header's name and value. */
export type Credential = readonly [header: string, value: string]

/** Checks the options. */
export function checkOptions(options: UltraCartSsoOptions): Configuration {
  requireOptions(raise, options)
  const {
    simpleKey,
    accessToken,
    allowBrowser,
    redirectUri,
    baseUrl = 'https://secure.ultracart.com/rest/v2',
    loginHosts = ['secure.ultracart.com'],
    timeoutMs,
    fetch,
    now,
  } = options

  // Beside a simple key none is right.
  const bearer = simpleKey === undefined ? accessToken : undefined
  const credential: Credential =
    accessToken === undefined
      ? keyHeader('simpleKey', simpleKey, 'with sso_write')
      : ['authorization', `Bearer ${requireKey('accessToken', bearer, 'not beside simpleKey')}`]
  const isBrowser = /^Mozilla/.test(globalThis.navigator?.userAgent)
  if (![undefined, false, true].includes(allowBrowser) || (isBrowser && !allowBrowser)) {
    refuse('allowBrowser', 'true in a browser')
  }
  requireUrl('redirectUri', redirectUri, /[\s#]|[?&](code|state|error)=/, 'code, state, error')
  const { host, href } = requireUrl('baseUrl', baseUrl, /[\s#?]/, 'query')
  const isHost = (name: unknown) => parseSafeUrl(`https://${name}`)?.host === name
  if (!isListOf(loginHosts, isHost)) {
    refuse('loginHosts', "hosts like 'secure.ultracart.com'")
  }
  return {
    credential,
    redirectUri,
    baseUrl: href.replace(/\/+$/, ''),
    loginHosts: [host, ...loginHosts],
    timeoutMs: durationMs(raise, 'timeoutMs', timeoutMs, 20_000),
    fetch: optionalFunction(raise, 'fetch', fetch),
    now: optionalFunction(raise, 'now', now) ?? Date.now,
  }
}

/** The header of a simple key, or the refusal of the option. */
export function keyHeader(option: string, value: unknown, source: string): Credential {
  return ['x-ultracart-simple-key', requireKey(option, value, source)]
}

/** True for what a header can carry as a key: printable ASCII without blanks. */
export function isKey(value: unknown): value is string {
  return isText(value) && /^[!-~]{1,4096}$/.test(value)
}

function requireKey(option: string, value: unknown, source: string): string {
  return isKey(value) ? value : refuse(option, `ASCII without blanks: ${source}`)
}

function requireUrl(option: string, value: unknown, refused: RegExp, named: string): URL {
  const isRight = isText(value) && !refused.test(value)
  const form = `an https URL (http on loopback) without user, #, ${named}`
  return (isRight && parseSafeUrl(value)) || refuse(option, form)
}
