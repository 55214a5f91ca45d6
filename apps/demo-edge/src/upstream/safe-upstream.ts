/**
 * Keys to an account are used only for somebody who was checked: any upstream that is not this
 * machine needs the platform's identity tokens.
 */
import { isLoopbackHost } from '@isoauth/core-client'
import { EdgeError } from '../errors.ts'
import type { EdgeSettings } from '../settings.ts'

/** Refuses to serve another upstream than loopback, or another page, by the development code. */
export function requireSafeUpstream({ signIn, ibkr, origin }: EdgeSettings): void {
  if (signIn.kind === 'identity-token') return
  const isLocal = [ibkr.baseUrl, origin].every(
    (text) => URL.canParse(text) && isLoopbackUrl(new URL(text)),
  )
  if (isLocal) return
  throw new EdgeError(
    'A development code opens a loopback upstream to a loopback page only. For any other, configure the check of ' +
      'identity tokens: ISOAUTH_EDGE_IDENTITY_ISSUER, ISOAUTH_EDGE_IDENTITY_AUDIENCE, ISOAUTH_EDGE_IDENTITY_JWKS_URL.',
    { code: 'EDGE_UPSTREAM_REFUSED', option: 'ISOAUTH_IBKR_OAUTH1_BASE_URL' },
  )
}

export function isLoopbackUrl({ hostname }: URL): boolean {
  return isLoopbackHost(hostname)
}
