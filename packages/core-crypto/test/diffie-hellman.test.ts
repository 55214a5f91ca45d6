import {
  computeDhSharedSecret,
  DH_GROUPS,
  encodeDhParameters,
  generateDhKeyPair,
  modPow,
  parseDhParameters,
} from '@isoauth/core-crypto'
import { describe, expect, it } from 'vitest'
import { coded, dhGroups, integer, pem, sequence } from './support.ts'

const { modp2048 } = DH_GROUPS
const { prime } = modp2048
const unfit = coded('CRYPTO_DH_PARAMETERS_INVALID') as Error

describe('generateDhKeyPair and computeDhSharedSecret', () => {
  it('gives both sides the same secret', () => {
    for (const parameters of Object.values(DH_GROUPS)) {
      const own = generateDhKeyPair(parameters)
      const peer = generateDhKeyPair(parameters)
      expect(own.privateKey).not.toBe(peer.privateKey)
      expect(own.privateKey >> 255n).toBe(1n)
      const secret = computeDhSharedSecret({
        parameters,
        privateKey: own.privateKey,
        peerPublicKey: peer.publicKey,
      })
      expect(secret).toBe(
        computeDhSharedSecret({
          parameters,
          privateKey: peer.privateKey,
          peerPublicKey: own.publicKey,
        }),
      )
    }
  })

  it('sets the top bit of its own random bytes', () => {
    for (let i = 0; i < 8; i++) {
      expect(generateDhKeyPair(modp2048).privateKey >> 255n).toBe(1n)
    }
  })

  it('takes the bytes of a given random unchanged', () => {
    const bytes = new Uint8Array(32).fill(0x11)
    const { privateKey, publicKey } = generateDhKeyPair(modp2048, { random: () => bytes })
    expect(privateKey).toBe(BigInt(`0x${'11'.repeat(32)}`))
    expect(publicKey).toBe(modPow(2n, privateKey, prime))
    expect(bytes).toEqual(new Uint8Array(32).fill(0x11))
  })

  it('takes the ends of the range and refuses what is beyond', () => {
    const compute = (peerPublicKey: bigint, privateKey = (1n << 255n) + 1n) =>
      computeDhSharedSecret({ parameters: modp2048, privateKey, peerPublicKey })
    const refused = coded('CRYPTO_DH_PUBLIC_KEY_RANGE') as Error
    expect(compute(2n)).toBe(modPow(2n, (1n << 255n) + 1n, prime))
    expect(compute(prime - 2n)).toBeGreaterThan(1n)
    for (const peer of [-1n, 0n, 1n, prime - 1n, prime, prime + 2n]) {
      expect(() => compute(peer)).toThrow(refused)
    }
    // 2 has the order (p - 1) / 2: an exponent of that size gives 1, as a tiny subgroup would.
    expect(() => compute(2n, (prime - 1n) / 2n)).toThrow(refused)
    // The same exponent on a non-residue gives p - 1.
    const nonResidue = [3n, 5n, 7n, 11n, 13n].find(
      (value) => modPow(value, (prime - 1n) / 2n, prime) === prime - 1n,
    )!
    expect(() => compute(nonResidue, (prime - 1n) / 2n)).toThrow(refused)
  })

  it.each([
    ['random', () => generateDhKeyPair(modp2048, { random: () => new Uint8Array(31) })],
    ['random', () => generateDhKeyPair(modp2048, { random: () => new Uint8Array(32) })],
    ['random', () => generateDhKeyPair(modp2048, { random: () => 'x'.repeat(32) as never })],
    ['random', () => generateDhKeyPair(modp2048, { random: 1 as never })],
    ['parameters', () => generateDhKeyPair(undefined as never)],
    ['parameters', () => generateDhKeyPair('pem' as never)],
    ['parameters.prime', () => generateDhKeyPair({ prime: 23, generator: 2n } as never)],
    ['parameters.generator', () => generateDhKeyPair({ prime, generator: 2 } as never)],
    [
      'privateKey',
      () => computeDhSharedSecret({ parameters: modp2048, privateKey: 0n, peerPublicKey: 4n }),
    ],
    [
      'privateKey',
      () =>
        computeDhSharedSecret({
          parameters: modp2048,
          privateKey: '1' as never,
          peerPublicKey: 4n,
        }),
    ],
    [
      'peerPublicKey',
      () =>
        computeDhSharedSecret({
          parameters: modp2048,
          privateKey: 5n,
          peerPublicKey: 'ff' as never,
        }),
    ],
  ])('names an unfit %s', (option, call) => {
    expect(call).toThrow(coded('CRYPTO_OPTION_INVALID', option) as Error)
  })

  it.each([
    ['a short prime', { prime: (1n << 2047n) - 1n, generator: 2n }],
    ['a negative prime', { prime: -prime, generator: 2n }],
    ['a long prime', { prime: (1n << 8192n) + 1n, generator: 2n }],
    ['an even prime', { prime: prime - 1n, generator: 2n }],
    ['generator 1', { prime, generator: 1n }],
    ['generator p - 1', { prime, generator: prime - 1n }],
  ])('refuses %s', (_, parameters) => {
    expect(() => generateDhKeyPair(parameters)).toThrow(unfit)
    expect(() => encodeDhParameters(parameters)).toThrow(unfit)
    expect(() => computeDhSharedSecret({ parameters, privateKey: 5n, peerPublicKey: 4n })).toThrow(
      unfit,
    )
  })
})

describe('DH_GROUPS', () => {
  it('holds the groups of RFC 3526 and RFC 7919', () => {
    expect(prime).toBe(BigInt(`0x${dhGroups['rfc3526-14']!.primeHex}`))
    // RFC 7919 A.1: 2^2048 - 2^1984 + (floor(2^1918 e) + 560316) 2^64 - 1
    let scaled = 0n
    for (let term = 1n << 2100n, i = 1n; term > 0n; term /= i++) scaled += term
    const expected = (1n << 2048n) - (1n << 1984n) + (((scaled >> 182n) + 560316n) << 64n) - 1n
    expect(DH_GROUPS.ffdhe2048.prime).toBe(expected)
  })

  it('holds safe primes, by Fermat tests', () => {
    for (const group of Object.values(DH_GROUPS)) {
      const order = (group.prime - 1n) / 2n
      expect(modPow(3n, group.prime - 1n, group.prime)).toBe(1n)
      expect(modPow(3n, order - 1n, order)).toBe(1n)
    }
  })
})

describe('parseDhParameters', () => {
  const hex = prime.toString(16)
  const block = dhGroups['rfc3526-14']!.pem
  const der = sequence(integer(prime), integer(2n))
  // The generator, of one byte, with its length as 81 01.
  const shortInLongForm = sequence(integer(prime), Uint8Array.of(2, 0x81, 1, 2))
  const colons = `00${hex}`.replace(/..(?!$)/g, '$&:').replace(/.{45}/g, '$&\n        ')

  it.each([
    ['DER', der],
    ['DER with generator 5', sequence(integer(prime), integer(5n)), 5n],
    ['DER with a length', sequence(integer(prime), integer(2n), integer(225n))],
    ['X9.42 in full', sequence(integer(prime), integer(2n), integer(7n), integer(2n), sequence())],
    ['a byte order mark', `\uFEFF${block}`],
    ['one line', block.replaceAll('\n', ' ')],
    ['escaped CRLF', block.replaceAll('\n', '\\r\\n')],
    ['no line break at the end', block.trimEnd()],
    ['quotes around', `"${block}"`],
    ['a block of another kind before', pem('EC PARAMETERS', Uint8Array.of(6, 0)) + block],
    ['hex with 0x and a line break', `0x${hex}\n`],
    ['hex in upper case, wrapped', hex.toUpperCase().replace(/.{64}/g, '$&\r\n')],
    ['hex with colons', colons],
  ] as [string, string | Uint8Array, bigint?][])('reads %s', (_, input, generator = 2n) => {
    expect(parseDhParameters(input)).toEqual({ prime, generator })
    if (typeof input === 'string') {
      expect(parseDhParameters(new TextEncoder().encode(input))).toEqual({ prime, generator })
    }
  })

  it.each([
    ['a public key', pem('PUBLIC KEY', der)],
    ['a cut block', block.slice(0, 200)],
    ['a block without its last base64 line', block.replace(/\n[^\n]+\n-----END/, '\n-----END')],
    ['a damaged base64', block.replace('MIIB', 'MI*B')],
    ['another END label', block.replace('END DH', 'END X9.42 DH')],
    ['cut DER', der.subarray(0, 200)],
    ['bytes after the DER', Uint8Array.from([...der, 0])],
    ['an indefinite length', Uint8Array.from([0x30, 0x80, ...der.subarray(4), 0, 0])],
    ['a length not minimal', Uint8Array.from([0x30, 0x83, 0, ...der.subarray(2)])],
    ['a short length in the long form', shortInLongForm],
    ['a length of five bytes', Uint8Array.from([0x30, 0x85, 0, 0, 0, ...der.subarray(2)])],
    ['a short length in long form', sequence(integer(prime), Uint8Array.of(2, 0x81, 1, 2))],
    ['a negative prime', sequence(Uint8Array.of(2, 1, 0x80), integer(2n))],
    ['a prime with two zero bytes', sequence(Uint8Array.of(2, 3, 0, 0, 0x80), integer(2n))],
    ['an empty INTEGER', sequence(integer(prime), Uint8Array.of(2, 0))],
    ['the prime alone', sequence(integer(prime))],
    ['too many elements', sequence(...[prime, 2n, 3n, 4n, 5n, 6n].map(integer))],
    ['an RSA private key', sequence(...[0n, prime, 3n, 5n, 7n, 9n, 11n, 13n, 15n].map(integer))],
    ['a short prime', sequence(integer(23n), integer(5n))],
    ['an even prime in hex', `${hex.slice(0, -1)}e`],
    ['hex cut short', hex.slice(0, 500)],
    ['a hex of 5000 digits', 'f'.repeat(5000)],
    ['words', 'dhparam.pem'],
    ['a 0x alone', '0x'],
    ['a text too long', `${'#'.repeat(70_000)}${block}`],
    ['one bytes', Uint8Array.of(0x30)],
    ['binary noise', Uint8Array.of(1, 2, 0xff)],
  ])('refuses %s', (_, input) => {
    expect(() => parseDhParameters(input)).toThrow(unfit)
  })

  it.each([undefined, null, 1, {}, [], '', ' \n', new Uint8Array()])('refuses %o', (input) => {
    expect(() => parseDhParameters(input as never)).toThrow(
      coded('CRYPTO_OPTION_INVALID', 'input') as Error,
    )
  })
})

describe('encodeDhParameters', () => {
  it('writes what OpenSSL wrote, sign bytes included', () => {
    for (const group of Object.values(dhGroups)) {
      expect(encodeDhParameters(parseDhParameters(group.pem))).toBe(group.pem)
    }
    const parameters = { prime, generator: 0x80n }
    expect(parseDhParameters(encodeDhParameters(parameters))).toEqual(parameters)
  })
})
