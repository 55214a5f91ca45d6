/** Sandboxes with the published test keys of the vectors, which spares each runtime making its own. */
import { createSandbox, type GivenCredentials, type Sandbox } from '@isoauth/sandbox'
import { dhGroupPem, NOW_MS, oauth2, rsaKey, vectorsOf } from './vectors.ts'

export const ORIGIN = 'http://127.0.0.1:8787'

export const user = { credential: 'exampleuser1', ip: '127.0.0.1' } as const

/** A first party's credentials at an origin. */
export function firstParty(origin: string) {
  return {
    baseUrl: `${origin}/v1/api`,
    realm: 'limited_poa',
    consumerKey: 'QWERTYUIO',
    accessToken: 'a1b2c3d4e5f6a7b8c9d0',
    accessTokenSecret: String(vectorsOf('secret-decrypt')[0]?.input.accessTokenSecret),
    signatureKey: rsaKey('signature').pkcs8Pem,
    encryptionKey: rsaKey('encryption').pkcs8Pem,
    dhParameters: dhGroupPem('rfc3526-14'),
  }
}

/** A firm's OAuth 2.0 client at an origin. */
export function firm(origin: string) {
  return {
    baseUrl: origin,
    clientId: 'ExampleAdvisor-TEST',
    keyId: 'main',
    privateKey: oauth2.keys.main3072.pkcs8Pem,
  }
}

export function credentialsFor(
  origin: string,
  change: { readonly clientId?: string; readonly credential?: string; readonly ip?: string } = {},
): GivenCredentials {
  return {
    ibkr: {
      baseUrl: origin,
      oauth1: { ...firstParty(origin), dhPrime: '' },
      oauth2: { ...firm(origin), ...user, ...change },
    },
  }
}

/** A sandbox in this process, and the clock that it shares with its clients. */
export async function startSandbox({
  clientId,
  user: ssoUser,
  ...options
}: {
  readonly refuseRepeatedAssertions?: boolean
  /** Default: the client of the vectors. */
  readonly clientId?: string
  /** Who signs in by SSO, and from where. Default: a user at this machine. */
  readonly user?: { readonly credential: string; readonly ip: string }
} = {}): Promise<{ sandbox: Sandbox; time: { now: number }; now: () => number }> {
  const time = { now: NOW_MS }
  const now = () => time.now
  const sandbox = await createSandbox({
    origin: ORIGIN,
    credentials: credentialsFor(ORIGIN, { ...(clientId && { clientId }), ...ssoUser }),
    oauth2PublicKeys: [{ keyId: 'next', publicKey: oauth2.keys.next4096.spkiPem }],
    signedOrigins: ['https://api.ibkr.com'],
    now,
    ...options,
  })
  return { sandbox, time, now }
}

/** Every check that the sandbox made of a request and that failed. */
export function failedChecks({ requests }: Sandbox): unknown[] {
  return requests.flatMap(({ checks }) => checks).filter(({ ok }) => !ok)
}
