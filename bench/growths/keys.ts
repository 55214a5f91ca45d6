/** The length of keys: a signature, a decryption and a power, with 2048, 3072 and 4096 bits. */
import { constants, generateKeyPairSync, getDiffieHellman, publicEncrypt } from 'node:crypto'
import { importRsaSigningKey, modPow, signRsaSha256 } from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import type { Growth, Point } from '../growth.ts'
import { numberOf, randomNumber } from '../numbers.ts'
import { atMostTimes } from './at-most-times.ts'
import { bestMs } from './best.ts'

const SIZES = [2048, 3072, 4096] as const
/** RFC 3526, groups 14 to 16. */
const GROUPS = { 2048: 'modp14', 3072: 'modp15', 4096: 'modp16' } as const
const RUNS = 12
/** A product of numbers twice as long is four times the work by the school's way, and a power has twice as many: eight times. The rest is for noise. */
const MOST = 12

export async function keyGrowth(): Promise<Growth> {
  const lines = {
    'power, 256-bit exponent, portable': [] as Point[],
    'decryption, portable': [] as Point[],
    decryption: [] as Point[],
    'RSA-SHA256 signature, verified': [] as Point[],
  }
  for (const size of SIZES) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: size })
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
    const padding = constants.RSA_PKCS1_PADDING
    const ciphertext = new Uint8Array(
      publicEncrypt({ key: publicKey, padding }, new Uint8Array(32).fill(7)),
    )
    const signing = await importRsaSigningKey(pem)
    const portable = await importRsaDecryptionKey(pem, { acceleration: 'portable' })
    const native = await importRsaDecryptionKey(pem)
    const prime = numberOf(getDiffieHellman(GROUPS[size]).getPrime())
    const [base, exponent] = [randomNumber(size - 8), randomNumber(256)]
    const add = async (name: keyof typeof lines, work: () => unknown) => {
      lines[name].push({ size, value: await bestMs(RUNS, work) })
    }
    await add('power, 256-bit exponent, portable', () => modPow(base, exponent, prime))
    await add('decryption, portable', () => decryptRsaPkcs1v15(portable, ciphertext))
    await add('decryption', () => decryptRsaPkcs1v15(native, ciphertext))
    await add('RSA-SHA256 signature, verified', () =>
      signRsaSha256(signing, 'POST&https%3A%2F%2Fapi.ibkr.com'),
    )
  }
  const named = Object.entries(lines).map(([name, points]) => ({ name, points }))
  return {
    id: 'growth-keys',
    title: 'the length of keys',
    of: 'bits',
    unit: 'ms',
    lines: named,
    // What the platform computes has faster ways for some lengths.
    limits: named
      .filter(({ name }) => name.endsWith('portable'))
      .map(({ name, points }) =>
        atMostTimes(
          MOST,
          `${name}: 4096 bits cost at most ${MOST} times 2048`,
          [points[0], points.at(-1)],
          1,
        ),
      ),
  }
}
