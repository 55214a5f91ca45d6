/** What a sandbox needs to know the clients of the vectors, and the test credentials of OAuth 1.0a. */
import { testCredentials } from '../../vectors/sandbox-credentials.ts'
import { vectors } from './oauth2-vectors.ts'

export const ORIGIN = 'http://127.0.0.1:8787'
/** Whom SSO sessions are opened for. */
export const user = { credential: 'exampleuser1', ip: '127.0.0.1' } as const
export const oauth2 = {
  baseUrl: ORIGIN,
  clientId: 'ExampleAdvisor-TEST',
  keyId: 'main',
  privateKey: vectors.keys.main3072.pkcs8Pem,
}
export const { oauth1 } = testCredentials.ibkr

/** The sandbox's credentials. */
export const credentials = {
  ibkr: { baseUrl: ORIGIN, oauth1, oauth2: { ...oauth2, ...user } },
}
