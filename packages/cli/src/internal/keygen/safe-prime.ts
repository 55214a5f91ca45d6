/**
 * The search for a Diffie-Hellman prime, as `openssl dhparam` makes it: p = 2q + 1 with both prime and
 * p mod 24 = 23, so that 2 generates the subgroup of order q and no power tells its exponent's parity.
 *
 * Candidates are sieved here and tested natively, one call each: so progress can be told, and an
 * interruption is heeded at once, which one native call for the whole search allows in no runtime.
 */
import { checkPrime, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'

export interface SearchOptions {
  /** Length of the prime: 2048 for the broker. */
  readonly bits: number
  readonly signal?: AbortSignal | undefined
  /** Told after each test how many candidates were tested. */
  readonly onTested?: ((tested: number) => void) | undefined
}

/** Candidates are p0 + 24 k for k below this. */
const WINDOW = 1 << 17
/** Multiples of primes up to this are never tested. */
const SIEVE_LIMIT = 1 << 18
const STEP = 24n
const REMAINDER = 23n
/** More would wait for the same four native threads. */
const MOST_AT_ONCE = 4

const isPrime = promisify(checkPrime)

/**
 * Finds a safe prime.
 *
 * @throws what `signal` was aborted with
 */
export async function findSafePrime({ bits, signal, onTested }: SearchOptions): Promise<bigint> {
  const smallPrimes = primesUpTo(Math.min(SIEVE_LIMIT, 2 ** Math.floor(bits / 2)))
  let tested = 0
  for (;;) {
    const start = randomStart(bits)
    const candidates = sieve(start, smallPrimes)
    let next = 0
    let found: bigint | undefined
    const search = async () => {
      while (found === undefined && next < candidates.length) {
        signal?.throwIfAborted()
        const candidate = start + STEP * BigInt(candidates[next++] as number)
        const isSafe = (await isPrime(candidate >> 1n)) && (await isPrime(candidate))
        tested++
        if (isSafe) found ??= candidate
        onTested?.(tested)
      }
    }
    const atOnce = Math.min(MOST_AT_ONCE, availableParallelism())
    await Promise.all(Array.from({ length: atOnce }, search))
    if (found !== undefined) return found
  }
}

/** How many candidates are tested on average, by the density of safe primes among what the sieve leaves. */
export function expectedTests(bits: number): number {
  // Hardy and Littlewood: a candidate is left with (e^-γ / ln limit)² and a safe prime with 1 / (ln p)².
  const EULER = 0.5772156649
  const left = Math.exp(-EULER) / Math.log(Math.min(SIEVE_LIMIT, 2 ** Math.floor(bits / 2)))
  return Math.round((left * bits * Math.LN2) ** 2)
}

/** Of the length asked for, with the two top bits set as OpenSSL sets them; 23 modulo 24. */
function randomStart(bits: number): bigint {
  const length = BigInt(bits)
  const random = BigInt(`0x${randomBytes(Math.ceil(bits / 8)).toString('hex')}`)
  const top = 3n << (length - 2n)
  // The bit below stays clear, so that no candidate of the window becomes longer.
  const low = random & ((1n << (length - 3n)) - 1n)
  const number = top | low
  return number - (number % STEP) + REMAINDER
}

/** The k for which neither p nor (p - 1) / 2 has a small factor. */
function sieve(start: bigint, smallPrimes: Uint32Array): number[] {
  const isComposite = new Uint8Array(WINDOW)
  for (const prime of smallPrimes) {
    // 2 and 3 divide no candidate, by the remainder of 24.
    if (prime <= 3) continue
    const remainder = Number(start % BigInt(prime))
    const inverse = inverseOf(24 % prime, prime)
    // p = start + 24 k is 0 at one k, and (p - 1) / 2 is 0 where p is 1.
    for (const target of [0, 1]) {
      const gap = (((target - remainder) % prime) + prime) % prime
      for (let k = (gap * inverse) % prime; k < WINDOW; k += prime) isComposite[k] = 1
    }
  }
  const left: number[] = []
  for (let k = 0; k < WINDOW; k++) if (isComposite[k] === 0) left.push(k)
  return left
}

/** The inverse modulo a prime below 2^18: products stay exact. */
function inverseOf(value: number, prime: number): number {
  let [a, b, x, y] = [value, prime, 1, 0]
  while (b !== 0) {
    const quotient = Math.floor(a / b)
    ;[a, b] = [b, a - quotient * b]
    ;[x, y] = [y, x - quotient * y]
  }
  return ((x % prime) + prime) % prime
}

function primesUpTo(limit: number): Uint32Array {
  const isComposite = new Uint8Array(limit + 1)
  const primes: number[] = []
  for (let n = 2; n <= limit; n++) {
    if (isComposite[n] === 1) continue
    primes.push(n)
    for (let multiple = n * n; multiple <= limit; multiple += n) isComposite[multiple] = 1
  }
  return Uint32Array.from(primes)
}
