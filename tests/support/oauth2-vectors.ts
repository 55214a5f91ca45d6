/** The known answers, with the types that the tests need. */
import json from '../../vectors/ibkr-oauth2.json' with { type: 'json' }

export { byId, vectorClient } from '../runtimes/suite/vectors.ts'

export type KeyName = 'main3072' | 'next4096' | 'weak2048'

export interface VectorKey {
  readonly modulusBits: number
  readonly pkcs8Pem: string
  readonly pkcs1Pem: string
  readonly spkiPem: string
  readonly privateJwk: Readonly<Record<string, string>>
  readonly spkiSha256Hex: string
}

export interface JwsVector {
  readonly id: string
  readonly key: KeyName
  readonly inputs: {
    readonly clientId: string
    readonly kid: string
    readonly now: number
    readonly audience?: string
    readonly expOffset: number
    readonly jti?: string
    readonly serverDate?: string
    readonly credential?: string
    readonly ip?: string
    readonly alternativeIps?: readonly string[]
    readonly service?: string
  }
  readonly headerJson: string
  readonly claimsJson: string
  readonly signingInput: string
  readonly jws: string
}

export interface RequestVector {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly formPairs?: readonly (readonly [string, string])[]
  readonly body: string
  readonly bodyLength: number
}

export interface PemVector {
  readonly id: string
  readonly pem: string
  readonly accept: boolean
  readonly spkiSha256Hex?: string
}

export interface ResponseVector {
  readonly id: string
  readonly call: string
  readonly status: number
  readonly contentType: string
  readonly body: string
  // biome-ignore lint/suspicious/noExplicitAny: each case has its own fields
  readonly expect: any
}

interface Groups {
  readonly now: number
  readonly keys: Readonly<Record<KeyName, VectorKey>>
  readonly clientAssertions: readonly JwsVector[]
  readonly ssoSessionBodies: readonly JwsVector[]
  readonly ssoBrowserSessionBodies: readonly JwsVector[]
  readonly echoBodies: readonly JwsVector[]
  readonly tokenRequests: readonly RequestVector[]
  readonly gatewayRequests: readonly RequestVector[]
  readonly invalidJws: readonly { readonly id: string; readonly jws: string }[]
  readonly pemForms: readonly PemVector[]
  readonly responses: readonly ResponseVector[]
}

export const vectors: Groups = json as unknown as Groups
export const keys: Groups['keys'] = vectors.keys
export const NOW_MS: number = vectors.now * 1000
