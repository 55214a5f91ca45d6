/**
 * The forms a key is taken in, described by structure so that the types need neither DOM nor Node
 * nor Workers types, and the platform's own `CryptoKey` and `JsonWebKey` fit with each of them.
 */

/** The platform's `CryptoKey`, as far as it is looked at here. */
export interface CryptoKey {
  readonly type: string
  readonly extractable: boolean
  readonly algorithm: { readonly name: string }
  readonly usages: readonly string[]
}

/** An RSA key as a JSON Web Key (RFC 7517, RFC 7518 section 6.3), already parsed. */
export interface JsonWebKey {
  readonly kty?: string | undefined
  readonly use?: string | undefined
  readonly key_ops?: readonly string[] | undefined
  readonly alg?: string | undefined
  readonly n?: string | undefined
  readonly e?: string | undefined
  readonly d?: string | undefined
  readonly p?: string | undefined
  readonly q?: string | undefined
  readonly dp?: string | undefined
  readonly dq?: string | undefined
  readonly qi?: string | undefined
  readonly oth?: readonly unknown[] | undefined
}

/**
 * Whatever can sign with RSASSA-PKCS1-v1_5 and SHA-256: PEM text or the bytes of a PEM or DER file
 * (PKCS#8 or PKCS#1), a JSON Web Key, a `CryptoKey`, or a function that has the data signed
 * elsewhere (KMS, HSM). The function gets the data itself, not its digest, and gives the raw signature.
 */
export type SigningKey =
  | string
  | Uint8Array
  | JsonWebKey
  | CryptoKey
  | ((data: Uint8Array) => Promise<Uint8Array>)
