/**
 * The powers of Diffie-Hellman by native code. The numbers go in as key files (RFC 5958 and RFC 5280, with the
 * parameters of PKCS #3), since the other way, an object made of the prime, proves the prime each time, which
 * takes 300 ms.
 */
import { bytesToBigInt, hexToBytes } from './bytes.ts'
import {
  derSequence,
  encodeDer,
  encodeDerInteger,
  TAG_BIT_STRING,
  TAG_INTEGER,
  TAG_OCTET_STRING,
  TAG_SEQUENCE,
} from './der.ts'
import { type Acceleration, type NativeCrypto, nativeCrypto } from './native-crypto.ts'
import { uniformWindowPow } from './uniform-window-pow.ts'

/** A private key that native code holds. */
export interface NativeDhKey {
  readonly publicKey: bigint
  /** peerPublicKey^privateKey mod prime; 0 where native code refuses the other side's key. */
  agree(peerPublicKey: bigint): bigint
}

interface Group {
  readonly prime: bigint
  readonly generator: bigint
}

/** dhKeyAgreement, 1.2.840.113549.1.3.1, as DER. */
const DH_KEY_AGREEMENT = '06092a864886f70d010301'
/** Of all groups that OpenSSL knows by name. */
const NAMED_GROUPS_GENERATOR = 2n
/** A BIT STRING of whole bytes begins so. */
const NO_UNUSED_BITS = '00'

/** Gives a private key to native code; undefined where there is none, or where it does not take this one. */
export function nativeDhKey(
  group: Group,
  privateKey: bigint,
  acceleration: Acceleration | undefined,
): NativeDhKey | undefined {
  const native = nativeCrypto(acceleration, givesKnownAnswer)
  try {
    return native && keyOf(native, group, privateKey)
  } catch {
    return undefined
  }
}

function keyOf(native: NativeCrypto, group: Group, value: bigint): NativeDhKey {
  const algorithm = encodeAlgorithm(group)
  const privateKey = native.createPrivateKey({
    key: encodeDer(
      TAG_SEQUENCE,
      encodeDerInteger(0n),
      algorithm,
      encodeDer(TAG_OCTET_STRING, encodeDerInteger(value)),
    ),
    format: 'der',
    type: 'pkcs8',
  })
  const agree = (peerPublicKey: bigint) => {
    const key = encodePublicKey(algorithm, peerPublicKey)
    const publicKey = native.createPublicKey({ key, format: 'der', type: 'spki' })
    return bytesToBigInt(new Uint8Array(native.diffieHellman({ privateKey, publicKey })))
  }
  return {
    publicKey: publicNumber(
      native.createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
    ),
    agree(peerPublicKey) {
      try {
        return agree(peerPublicKey)
      } catch {
        return agreeOutside(native, { group, value, peerPublicKey })
      }
    },
  }
}

/**
 * In groups that it knows by name, OpenSSL refuses keys outside the subgroup of their generator, which our own
 * arithmetic takes; with another generator it does not know the group.
 */
function agreeOutside(
  native: NativeCrypto,
  keys: { readonly group: Group; readonly value: bigint; readonly peerPublicKey: bigint },
): bigint {
  const { group, value, peerPublicKey } = keys
  if (group.generator !== NAMED_GROUPS_GENERATOR) return 0n
  return keyOf(native, { ...group, generator: 3n }, value).agree(peerPublicKey)
}

function encodeAlgorithm({ prime, generator }: Group): Uint8Array {
  const parameters = encodeDer(TAG_SEQUENCE, encodeDerInteger(prime), encodeDerInteger(generator))
  return encodeDer(TAG_SEQUENCE, hexToBytes(DH_KEY_AGREEMENT), parameters)
}

function encodePublicKey(algorithm: Uint8Array, publicKey: bigint): Uint8Array {
  const bits = encodeDer(TAG_BIT_STRING, hexToBytes(NO_UNUSED_BITS), encodeDerInteger(publicKey))
  return encodeDer(TAG_SEQUENCE, algorithm, bits)
}

/** The INTEGER in the BIT STRING of a SubjectPublicKeyInfo. */
function publicNumber(der: Uint8Array): bigint {
  const { content } = derSequence(new Uint8Array(der))[1]!
  // As a SEQUENCE of one element, for the one reader that there is.
  const [integer] = derSequence(encodeDer(TAG_SEQUENCE, content.subarray(1)))
  if (integer?.tag !== TAG_INTEGER) throw new TypeError()
  return bytesToBigInt(integer.content)
}

/** In the group of the largest prime of 512 bits, with exponents of the usual length. */
function givesKnownAnswer(native: NativeCrypto): boolean {
  const group = { prime: 2n ** 512n - 569n, generator: 3n }
  const [ours, theirs] = [2n ** 255n + 3n ** 99n, 2n ** 254n + 5n ** 55n]
  const power = (base: bigint, exponent: bigint) => uniformWindowPow(base, exponent, group.prime, 4)
  const key = keyOf(native, group, ours)
  const peer = power(group.generator, theirs)
  return key.publicKey === power(group.generator, ours) && key.agree(peer) === power(peer, ours)
}
