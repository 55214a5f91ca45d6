/** The settings of a run on this machine: the sandbox's credentials and keys that live as long as it. */
import { bytesToBase64Url, randomBytes } from '@isoauth/core-crypto'
import type { SandboxCredentials } from '@isoauth/sandbox'

/** Variables for a page at `origin` that reaches a sandbox. */
export function localVariables(
  { ibkr: { oauth1 } }: SandboxCredentials,
  origin: string,
): Record<string, string> {
  return {
    ISOAUTH_IBKR_OAUTH1_BASE_URL: oauth1.baseUrl,
    ISOAUTH_IBKR_OAUTH1_REALM: oauth1.realm,
    ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY: oauth1.consumerKey,
    ISOAUTH_IBKR_OAUTH1_ACCESS_TOKEN: oauth1.accessToken,
    ISOAUTH_IBKR_OAUTH1_ACCESS_TOKEN_SECRET: oauth1.accessTokenSecret,
    ISOAUTH_IBKR_OAUTH1_SIGNATURE_KEY: oauth1.signatureKey,
    ISOAUTH_IBKR_OAUTH1_ENCRYPTION_KEY: oauth1.encryptionKey,
    ISOAUTH_IBKR_OAUTH1_DH_PARAMETERS: oauth1.dhParameters,
    ISOAUTH_EDGE_ORIGIN: origin,
    ISOAUTH_EDGE_COOKIE_KEY: bytesToBase64Url(randomBytes(32)),
    ISOAUTH_EDGE_STORE_KEY: bytesToBase64Url(randomBytes(32)),
    ISOAUTH_EDGE_DEVELOPMENT_CODE: bytesToBase64Url(randomBytes(18)),
  }
}
