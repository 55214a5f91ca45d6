/** Options of the UltraCart service, and their checks. */
import { checkNames, isObject, optionError, readDuration } from '../errors.ts'
import { CALLBACK_PATH } from './paths.ts'
import { redirectUriProblem } from './redirect-uri.ts'

export interface UltraCartOptions {
  /**
   * The redirect URI registered for the application; `<origin>/ultracart/callback` by default. Others
   * are taken on loopback only.
   */
  readonly redirectUri?: string | undefined
  /** How long a login may take, in milliseconds; 10 minutes by default. */
  readonly loginLifetimeMs?: number | undefined
  /** How long a code may be exchanged, in milliseconds; 60 seconds by default. */
  readonly codeLifetimeMs?: number | undefined
  /** How long a user's key lives, in milliseconds; 12 hours by default. */
  readonly sessionLifetimeMs?: number | undefined
  /** Whether two requests with one key at the same time are answered with 429, the default. */
  readonly overlap?: 'refuse' | 'allow' | undefined
}

/** @internal */
export interface UltraCartSettings {
  readonly redirectUri: string | undefined
  readonly loginLifetimeMs: number
  readonly codeLifetimeMs: number
  readonly sessionLifetimeMs: number
  readonly overlap: 'refuse' | 'allow'
}

const MINUTE_MS = 60_000

/** @internal */
export function readUltraCartSettings(options: UltraCartOptions = {}): UltraCartSettings {
  if (!isObject(options)) throw optionError('ultracart', 'an object is required')
  const { redirectUri, overlap = 'refuse' } = options
  if (redirectUri !== undefined) checkRedirectUri('ultracart.redirectUri', redirectUri)
  if (overlap !== 'refuse' && overlap !== 'allow') {
    throw optionError('ultracart.overlap', '"refuse" or "allow"')
  }
  const settings: UltraCartSettings = {
    redirectUri,
    loginLifetimeMs: duration(options, 'loginLifetimeMs', 10 * MINUTE_MS),
    codeLifetimeMs: duration(options, 'codeLifetimeMs', MINUTE_MS),
    sessionLifetimeMs: duration(options, 'sessionLifetimeMs', 720 * MINUTE_MS),
    overlap,
  }
  checkNames(options, Object.keys(settings), 'ultracart.')
  return settings
}

/** @internal Throws what is wrong with a redirect URI that is to be registered. */
export function checkRedirectUri(option: string, value: unknown): void {
  const problem = redirectUriProblem(value)
  if (problem !== undefined) throw optionError(option, problem)
}

/** @internal The default redirect URI of an origin. */
export function defaultRedirectUri(origin: string): string {
  return origin + CALLBACK_PATH
}

function duration(
  options: UltraCartOptions,
  name: 'loginLifetimeMs' | 'codeLifetimeMs' | 'sessionLifetimeMs',
  fallback: number,
): number {
  return readDuration(`ultracart.${name}`, options[name], fallback)
}
