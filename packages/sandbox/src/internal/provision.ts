/** The credentials of a sandbox, checked, with what each service keeps of them: what outlives `reset`. */
import { givenParts } from './credentials.ts'
import { fromBase64 } from './crypto/bytes.ts'
import { readPublicHalf } from './crypto/rsa.ts'
import {
  createCredentials,
  type ProvisionedCredentials,
  provisionCredentials,
} from './ibkr-oauth1/credentials.ts'
import {
  createOAuth2Credentials,
  type ProvisionedOAuth2,
  provisionOAuth2,
} from './ibkr-oauth2/credentials.ts'
import type { SandboxSettings } from './options.ts'
import { PREPARED_SECRET, preparedCredentials } from './prepared-credentials.ts'
import { type ProvisionedUltraCart, provisionUltraCart } from './ultracart/credentials.ts'

export interface Provisioned {
  readonly oauth1: ProvisionedCredentials
  /** `undefined` for a sandbox without OAuth 2.0 and SSO. */
  readonly oauth2: ProvisionedOAuth2 | undefined
  readonly ultracart: ProvisionedUltraCart
}

export async function provision(settings: SandboxSettings): Promise<Provisioned> {
  const { origin, credentials, ultracart } = settings
  const given = typeof credentials === 'object' ? credentials.ultracart : undefined
  return {
    ...(await provisionIbkr(settings)),
    ultracart: provisionUltraCart(origin, given, ultracart.redirectUri),
  }
}

async function provisionIbkr({
  credentials,
  dhParameters,
  oauth2PublicKeys: further,
}: SandboxSettings): Promise<Pick<Provisioned, 'oauth1' | 'oauth2'>> {
  if (credentials === 'prepared') return usePrepared(dhParameters, further)
  if (credentials === 'fresh') {
    const [oauth1, oauth2] = await Promise.all([
      createCredentials(dhParameters),
      createOAuth2Credentials(),
    ])
    return { oauth1, oauth2: await provisionOAuth2(oauth2, further) }
  }
  const { oauth1, oauth2 } = givenParts(credentials)
  return {
    oauth1: await provisionCredentials(oauth1),
    oauth2: oauth2 && (await provisionOAuth2(oauth2, further)),
  }
}

/** Nothing of what was prepared is decrypted or checked anew: that is what would take time. */
async function usePrepared(
  dhParameters: string | undefined,
  further: SandboxSettings['oauth2PublicKeys'],
): Promise<Pick<Provisioned, 'oauth1' | 'oauth2'>> {
  const { oauth1, oauth2 } = preparedCredentials()
  const secret = fromBase64(PREPARED_SECRET) ?? new Uint8Array()
  const changed = { ...oauth1, dhParameters: dhParameters ?? oauth1.dhParameters }
  const [first, second] = await Promise.all([
    provisionCredentials(changed, { secret }),
    provisionOAuth2(oauth2, further, readPublicHalf),
  ])
  return { oauth1: first, oauth2: second }
}
