/**
 * Does the time of `modPow` tell how many bits of a secret exponent are set? Welch's t-test between
 * sparse and dense exponents of one length, measured in turns.
 *
 * This shows the absence of a gross leak, and does not prove constant time. The same measurement
 * must find the leak of square and multiply, so that a blind one cannot pass.
 */
import { randomBytes } from 'node:crypto'
import { modPow } from '@isoauth/core-crypto'
import { describe, expect, it } from 'vitest'
import vectors from '../../vectors/ibkr-oauth1.json' with { type: 'json' }
import { naiveModPow } from './naive-mod-pow.ts'

type ModPow = (base: bigint, exponent: bigint, modulus: bigint) => bigint

/** `t` by Welch, and the difference of the means as a share of the mean. */
interface Finding {
  readonly t: number
  readonly relativeDifference: number
}

const LENGTH = 256
const WARM_UP = 60
/** The share of the samples that is kept: the slowest tell of the machine. */
const KEPT_SHARE = 0.5
const LIMIT_T = 4.5
const LIMIT_DIFFERENCE = 0.005
const ATTEMPTS = 3

const modulus = BigInt(`0x${vectors.dhGroups.openssl.primeHex}`)

describe('modPow of 2048 bits', () => {
  it('takes as long for sparse as for dense exponents', () => {
    let finding = measure(modPow, 700)
    for (let attempt = 1; isLeak(finding) && attempt < ATTEMPTS; attempt++) {
      finding = measure(modPow, 700)
    }
    expect(isLeak(finding), describeFinding('modPow', finding)).toBe(false)
  })

  it('is measured finely enough to tell square and multiply', () => {
    const finding = measure(naiveModPow, 150)
    expect(isLeak(finding), describeFinding('square and multiply', finding)).toBe(true)
    expect(finding.relativeDifference).toBeGreaterThan(0.1)
  })
})

function isLeak({ t, relativeDifference }: Finding): boolean {
  return Math.abs(t) >= LIMIT_T && Math.abs(relativeDifference) >= LIMIT_DIFFERENCE
}

function measure(power: ModPow, samples: number): Finding {
  const base = toBigInt(randomBytes(255))
  const times = { sparse: [] as number[], dense: [] as number[] }
  for (let i = -WARM_UP; i < samples; i++) {
    const exponents = [
      ['sparse', sparse()],
      ['dense', dense()],
    ] as const
    // Which of the two goes first is a matter of chance, so that nothing falls on one alone.
    for (const [kind, exponent] of coin() ? exponents : [...exponents].reverse()) {
      const started = performance.now()
      power(base, exponent, modulus)
      const duration = performance.now() - started
      if (i >= 0) times[kind].push(duration)
    }
  }
  const finding = compare(crop(times.sparse), crop(times.dense))
  console.log(describeFinding(power.name, finding))
  return finding
}

/** The top bit, and three others at most. */
function sparse(): bigint {
  let exponent = 1n << BigInt(LENGTH - 1)
  for (const byte of randomBytes(3)) exponent |= 1n << BigInt(byte % (LENGTH - 1))
  return exponent
}

/** All bits but three at most, the top one set. */
function dense(): bigint {
  return ((1n << BigInt(LENGTH)) - 1n) ^ (sparse() - (1n << BigInt(LENGTH - 1)))
}

/** Leaves out the slowest of each kind, where an interruption shows and not the exponent. */
function crop(samples: number[]): number[] {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted.slice(0, Math.ceil(sorted.length * KEPT_SHARE))
}

function compare(sparseTimes: number[], denseTimes: number[]): Finding {
  const [a, b] = [describeSamples(sparseTimes), describeSamples(denseTimes)]
  const error = Math.sqrt(a.variance / a.n + b.variance / b.n)
  return { t: (b.mean - a.mean) / error, relativeDifference: (b.mean - a.mean) / a.mean }
}

function describeSamples(samples: number[]) {
  const n = samples.length
  const mean = samples.reduce((sum, x) => sum + x, 0) / n
  const variance = samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1)
  return { n, mean, variance }
}

function describeFinding(name: string, { t, relativeDifference }: Finding): string {
  const percent = (100 * relativeDifference).toFixed(2)
  return `${name}: dense against sparse exponents ${percent} %, t = ${t.toFixed(1)}`
}

function coin(): boolean {
  return (randomBytes(1)[0] as number) < 128
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`)
}
