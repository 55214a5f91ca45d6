import {
  bytesToHex,
  createHmacSha256,
  hexToBytes,
  hmacSha1,
  hmacSha256,
} from '@isoauth/core-crypto'
import { describe, expect, it } from 'vitest'

// Case number, key, message, result.
const RFC2202 = [
  [
    '1',
    '0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b',
    '4869205468657265',
    'b617318655057264e28bc0b6fb378c8ef146be00',
  ],
  [
    '2',
    '4a656665',
    '7768617420646f2079612077616e7420666f72206e6f7468696e673f',
    'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
  ],
  [
    '3',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd',
    '125d7342b9ac11cd91a39af48aa17b4f63f175d3',
  ],
  [
    '4',
    '0102030405060708090a0b0c0d0e0f10111213141516171819',
    'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',
    '4c9007f4026250c6bc8414f9bf50c86c2d7235da',
  ],
  [
    '5',
    '0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c',
    '546573742057697468205472756e636174696f6e',
    '4c1a03424b55e07fe7f27be1d58bb9324a9a5a04',
  ],
  [
    '6',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    '54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374',
    'aa4ae5e15272d00e95705637ce8a3b55ed402112',
  ],
  [
    '7',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    '54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b657920616e64204c6172676572205468616e204f6e6520426c6f636b2d53697a652044617461',
    'e8e99d0f45237d786d6bbaa7965c7808bbff1a91',
  ],
] as const

// Case 5 is published cut to 128 bits.
const RFC4231 = [
  [
    '1',
    '0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b',
    '4869205468657265',
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    '2',
    '4a656665',
    '7768617420646f2079612077616e7420666f72206e6f7468696e673f',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    '3',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd',
    '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  ],
  [
    '4',
    '0102030405060708090a0b0c0d0e0f10111213141516171819',
    'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  [
    '5',
    '0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c',
    '546573742057697468205472756e636174696f6e',
    'a3b6167473100ee06e0c796c2955552bfa6f7c0a6a8aef8b93f860aab0cd20c5',
  ],
  [
    '6',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    '54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    '7',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    '5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e',
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
] as const

describe('HMAC', () => {
  it.each(RFC2202)('SHA-1: RFC 2202 section 3 case %s', (_, key, message, expected) => {
    expect(bytesToHex(hmacSha1(hexToBytes(key), hexToBytes(message)))).toBe(expected)
  })

  it.each(RFC4231)('SHA-256: RFC 4231 section 4 case %s', (_, key, message, expected) => {
    expect(bytesToHex(hmacSha256(hexToBytes(key), hexToBytes(message)))).toBe(expected)
    expect(bytesToHex(createHmacSha256(hexToBytes(key))(hexToBytes(message)))).toBe(expected)
  })

  it('takes text as UTF-8', () => {
    const key = hexToBytes('00ff')
    const bytes = hexToBytes('c3a9e282ac')
    expect(hmacSha1(key, 'é€')).toEqual(hmacSha1(key, bytes))
    expect(hmacSha256(key, 'é€')).toEqual(hmacSha256(key, bytes))
    expect(createHmacSha256(key)('é€')).toEqual(hmacSha256(key, bytes))
  })

  it('gives results of its own for every call of one prepared key', () => {
    const key = hexToBytes('0102030405')
    const mac = createHmacSha256(key)
    key.fill(0)
    const first = mac('one')
    const second = mac('x'.repeat(200))
    expect(mac('one')).toEqual(first)
    expect(second).toEqual(hmacSha256(hexToBytes('0102030405'), 'x'.repeat(200)))
    expect(first).toEqual(hmacSha256(hexToBytes('0102030405'), 'one'))
    expect(() => mac(1 as never)).toThrow('data must be')
    expect(mac('one')).toEqual(first)
  })

  it.each([hmacSha1, hmacSha256, (key: Uint8Array) => createHmacSha256(key)])(
    'refuses a key given as text',
    (compute) => {
      expect(() => compute('key' as never, 'message')).toThrow(
        expect.objectContaining({ code: 'CRYPTO_OPTION_INVALID', option: 'key' }),
      )
    },
  )
})

describe('a key as long as a block, or one byte less or more', () => {
  it.each([1, 63, 64, 65, 128])('of %i bytes gives what Web Cryptography gives', async (length) => {
    const bytes = Uint8Array.from({ length }, (_, at) => at + 1)
    // Lengths around those of the buffer that text is encoded into.
    const texts = ['', 'x'.repeat(170), 'x'.repeat(171), 'ü'.repeat(600), '€'.repeat(171)]
    for (const [hash, mac] of [
      ['SHA-1', (text: string) => hmacSha1(bytes, text)],
      ['SHA-256', createHmacSha256(bytes)],
    ] as const) {
      const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, false, [
        'sign',
      ])
      for (const text of texts) {
        const wanted = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
        expect(bytesToHex(mac(text))).toBe(bytesToHex(new Uint8Array(wanted)))
      }
    }
  })
})
