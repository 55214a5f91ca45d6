/** Diffie-Hellman parameters: reading and writing PEM, and RFC 3526 group 14. */
import { bitLength, isProbablyPrime, toBigInt, toSignedBytes } from './arithmetic.ts'
import { readPem, readSequence, writeDer, writePem } from './pem.ts'
import { createMemory } from './remember.ts'

export interface DhParameters {
  readonly prime: bigint
  readonly generator: bigint
}

/** Whether a modulus is prime. */
const primes = /* @__PURE__ */ createMemory<boolean>()

const LABELS: readonly string[] = ['DH PARAMETERS', 'X9.42 DH PARAMETERS']

/** RFC 3526 section 3: 2^2048 - 2^1984 - 1 + 2^64 * ([2^1918 pi] + 124476), generator 2. */
export const MODP_2048: DhParameters = {
  prime: /* @__PURE__ */ BigInt(
    '0xffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a0879' +
      '8e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b' +
      '0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da4836' +
      '1c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804' +
      'f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6' +
      '955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff',
  ),
  generator: 2n,
}

/**
 * Reads a `DH PARAMETERS` (PKCS#3) or `X9.42 DH PARAMETERS` block: prime and generator come first
 * in both, whatever follows is ignored. Returns the reason as text when it cannot be used.
 */
export function readDhParameters(text: string): DhParameters | string {
  const block = readPem(text)
  if (!block) return 'no readable PEM block was found'
  if (!LABELS.includes(block.label)) return `a PEM block "${block.label}" is not DH parameters`
  const integers = readSequence(block.der)?.filter((element) => element.tag === 0x02)
  const [prime, generator] = integers?.map((element) => toBigInt(element.content)) ?? []
  if (prime === undefined || generator === undefined) return 'the DER inside is malformed'
  // The broker reads Java integers: without the sign byte its prime would be negative.
  if ((integers?.[0]?.content[0] ?? 0) >= 0x80) return 'the prime lacks its DER sign byte'
  if (bitLength(prime) < 2048) return `the prime has ${bitLength(prime)} bits; 2048 are required`
  if (bitLength(prime) > 4096) return `the prime has ${bitLength(prime)} bits; 4096 is the limit`
  if (generator < 2n || generator > prime - 2n) return 'the generator is out of range'
  const isPrime = prime === MODP_2048.prime || primes(String(prime), () => isProbablyPrime(prime))
  if (!isPrime) return 'the modulus is not prime'
  return { prime, generator }
}

export function writeDhParameters({ prime, generator }: DhParameters): string {
  const integers = [prime, generator].map((value) => writeDer(0x02, toSignedBytes(value)))
  return writePem('DH PARAMETERS', writeDer(0x30, ...integers))
}
