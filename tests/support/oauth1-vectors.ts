/** The known answers, with the types that the tests need. */
import json from '../../vectors/ibkr-oauth1.json' with { type: 'json' }

export { vectorsOf } from '../runtimes/suite/vectors.ts'

export interface VectorKey {
  readonly pkcs1Pem: string
  readonly pkcs8Pem: string
  readonly publicPem: string
}

export const keys = json.keys as Readonly<Record<'signature' | 'encryption', VectorKey>>
export const dhGroups = json.dhGroups as Readonly<Record<string, { readonly pem: string }>>
