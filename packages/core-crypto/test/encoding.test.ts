import {
  base64ToBytes,
  base64UrlToBytes,
  bytesToBase64,
  bytesToBase64Url,
  bytesToHex,
  hexToBytes,
  randomBytes,
  timingSafeEqual,
  utf8ToBytes,
} from '@isoauth/core-crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coded } from './support.ts'

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))

describe('encodings', () => {
  it.each([
    ['', '', ''],
    ['f', 'Zg==', '66'],
    ['fo', 'Zm8=', '666f'],
    ['foo', 'Zm9v', '666f6f'],
    ['foob', 'Zm9vYg==', '666f6f62'],
    ['fooba', 'Zm9vYmE=', '666f6f6261'],
    ['foobar', 'Zm9vYmFy', '666f6f626172'],
  ])('RFC 4648 section 10: %o', (text, base64, hex) => {
    const bytes = ascii(text)
    expect(bytesToBase64(bytes)).toBe(base64)
    expect(bytesToBase64Url(bytes)).toBe(base64.replace(/=+$/, ''))
    expect(bytesToHex(bytes)).toBe(hex)
    expect(base64ToBytes(base64)).toEqual(bytes)
    expect(base64UrlToBytes(base64.replace(/=+$/, ''))).toEqual(bytes)
    expect(hexToBytes(hex)).toEqual(bytes)
  })

  it('decodes what it encoded, and agrees with btoa', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const base64 = btoa(String.fromCharCode(...bytes))
        expect(bytesToBase64(bytes)).toBe(base64)
        expect(base64ToBytes(base64)).toEqual(Uint8Array.from(bytes))
        expect(base64UrlToBytes(bytesToBase64Url(bytes))).toEqual(Uint8Array.from(bytes))
        expect(hexToBytes(bytesToHex(bytes))).toEqual(Uint8Array.from(bytes))
        expect(hexToBytes(bytesToHex(bytes).toUpperCase())).toEqual(Uint8Array.from(bytes))
      }),
    )
  })

  it('has exactly one base64 text for every byte string', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQgw/+9=-_'), maxLength: 9 }), (text) => {
        let bytes: Uint8Array | undefined
        try {
          bytes = base64ToBytes(text)
        } catch (error) {
          expect(error).toEqual(coded('CRYPTO_ENCODING_INVALID'))
        }
        if (bytes !== undefined) expect(bytesToBase64(bytes)).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it('uses the alphabets in full', () => {
    const all = Uint8Array.from(
      { length: 48 },
      (_, i) =>
        hexToBytes(
          '00108310518720928b30d38f41149351559761969b71d79f8218a39259a7a29aabb2dbafc31cb3d35db7e39ebbf3dfbf',
        )[i]!,
    )
    const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    expect(bytesToBase64(all)).toBe(base64)
    expect(base64ToBytes(base64)).toEqual(all)
    expect(bytesToBase64Url(all)).toBe(`${base64.slice(0, 62)}-_`)
    expect(base64UrlToBytes(`${base64.slice(0, 62)}-_`)).toEqual(all)
  })

  it('skips blanks and line breaks in base64', () => {
    expect(base64ToBytes(' Zm9v\r\n\tYg = =\n')).toEqual(ascii('foob'))
  })

  it.each([
    'Z',
    'Zg',
    'Zg=',
    'Zh==',
    'Zm9=',
    'Zm8',
    '=',
    '====',
    'Zg==Zg==',
    'Zm-v',
    'Zm_v',
    'Zm9v.',
    'Zm9vé',
    'Zm\u00a09v',
    'Zm9v\0',
  ])('refuses %o as base64', (text) => {
    expect(() => base64ToBytes(text)).toThrow(coded('CRYPTO_ENCODING_INVALID') as Error)
  })

  it.each(['Z', 'Zh', 'Zm9', 'Zg==', 'Zm+v', 'Zm/v', 'Zm 9v', 'Zm9v\n'])(
    'refuses %o as base64url',
    (text) => {
      expect(() => base64UrlToBytes(text)).toThrow(coded('CRYPTO_ENCODING_INVALID') as Error)
    },
  )

  it.each(['0', '0g', '0x00', ' 00', '00\n', '٠٠', '0:', '@@', '``'])(
    'refuses %o as hex',
    (text) => {
      expect(() => hexToBytes(text)).toThrow(coded('CRYPTO_ENCODING_INVALID') as Error)
    },
  )

  it('writes UTF-8', () => {
    expect(bytesToHex(utf8ToBytes('aé€😀'))).toBe('61c3a9e282acf09f9880')
    expect(bytesToHex(utf8ToBytes('\ud800'))).toBe('efbfbd')
  })

  it.each([
    ['bytes', () => bytesToHex('00' as never)],
    ['bytes', () => bytesToBase64([1] as never)],
    ['bytes', () => bytesToBase64Url(new Uint16Array(1) as never)],
    ['bytes', () => bytesToHex(new DataView(new ArrayBuffer(1)) as never)],
    ['text', () => hexToBytes(undefined as never)],
    ['text', () => base64ToBytes(new Uint8Array(1) as never)],
    ['text', () => base64UrlToBytes(null as never)],
    ['text', () => utf8ToBytes(1 as never)],
  ])('names the parameter of the wrong type: %s', (option, call) => {
    expect(call).toThrow(coded('CRYPTO_OPTION_INVALID', option) as Error)
  })
})

describe('timingSafeEqual', () => {
  it('tells equal from different byte strings', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(), fc.integer({ min: 1, max: 255 }), (a, at, change) => {
        expect(timingSafeEqual(a, Uint8Array.from(a))).toBe(true)
        expect(timingSafeEqual(a, Uint8Array.from([...a, 0]))).toBe(false)
        if (a.length === 0) return
        const b = Uint8Array.from(a)
        b[at % a.length]! ^= change
        expect(timingSafeEqual(a, b)).toBe(false)
      }),
    )
  })

  it('refuses text', () => {
    expect(() => timingSafeEqual('a' as never, Uint8Array.of(1))).toThrow(
      coded('CRYPTO_OPTION_INVALID', 'a') as Error,
    )
    expect(() => timingSafeEqual(Uint8Array.of(1), 'a' as never)).toThrow(
      coded('CRYPTO_OPTION_INVALID', 'b') as Error,
    )
  })
})

describe('randomBytes', () => {
  it('gives fresh bytes of the length asked for, beyond the quota of one platform call', () => {
    expect(randomBytes(0)).toHaveLength(0)
    const many = randomBytes(70_000)
    expect(many).toHaveLength(70_000)
    expect(new Set(many.subarray(65_536)).size).toBeGreaterThan(200)
    expect(bytesToHex(randomBytes(16))).not.toBe(bytesToHex(randomBytes(16)))
  })

  it.each([-1, 1.5, Number.NaN, 2 ** 24 + 1, '8' as never])('refuses the length %o', (length) => {
    expect(() => randomBytes(length)).toThrow(coded('CRYPTO_OPTION_INVALID', 'length') as Error)
  })
})
