/** Credentials of an authorized application: fresh ones each run, or a set that was made before. */

import { randomHex } from '../crypto/bytes.ts'
import { optionError } from '../errors.ts'
import { checkRedirectUri, defaultRedirectUri } from './options.ts'
import { BASE_PATH, CALLBACK_PATH } from './paths.ts'

/** What a client of the UltraCart single sign-on is configured with. */
export interface UltraCartCredentials {
  /** The sandbox's origin with `/rest/v2`. */
  readonly baseUrl: string
  /** The application's simple key, with the single sign-on permission. */
  readonly simpleKey: string
  /** The registered redirect URI. */
  readonly redirectUri: string
}

/** Further credentials, each for one way to be accepted or refused. */
export interface UltraCartExtras {
  /** An OAuth access token of the same application. */
  readonly accessToken: string
  /** Simple key of another application, which cannot exchange the first one's codes. */
  readonly otherSimpleKey: string
  /** Simple key of an application that was disabled: 410. */
  readonly disabledSimpleKey: string
  /** Simple key without the single sign-on permission: 403. */
  readonly unpermittedSimpleKey: string
}

/** A key, token, code or id that shows where it comes from. */
export function freshKey(): string {
  return `SANDBOX${randomHex(24)}`
}

/** Every credential of the service. */
export interface ProvisionedUltraCart {
  readonly credentials: UltraCartCredentials
  readonly extras: UltraCartExtras
}

export function provisionUltraCart(
  origin: string,
  given: Omit<UltraCartCredentials, 'baseUrl'> | undefined,
  redirectUri: string | undefined,
): ProvisionedUltraCart {
  const credentials = readCredentials(origin, given, redirectUri)
  const extras = {
    accessToken: freshKey(),
    otherSimpleKey: freshKey(),
    disabledSimpleKey: freshKey(),
    unpermittedSimpleKey: freshKey(),
  }
  return { credentials, extras }
}

function readCredentials(
  origin: string,
  given: Omit<UltraCartCredentials, 'baseUrl'> | undefined,
  redirectUri: string | undefined,
): UltraCartCredentials {
  const baseUrl = origin + BASE_PATH
  const usual = redirectUri ?? defaultRedirectUri(origin)
  if (given === undefined) return { baseUrl, simpleKey: freshKey(), redirectUri: usual }
  const { simpleKey, redirectUri: earlier } = given
  if (typeof simpleKey !== 'string' || !/^[\x21-\x7e]+$/.test(simpleKey)) {
    throw optionError('credentials.ultracart.simpleKey', 'printable text without blanks')
  }
  checkRedirectUri('credentials.ultracart.redirectUri', earlier)
  // The page of another sandbox is an address, and replaced by this origin's like the others.
  const own = new URL(earlier).pathname === CALLBACK_PATH
  return { baseUrl, simpleKey, redirectUri: redirectUri ?? (own ? usual : earlier) }
}
