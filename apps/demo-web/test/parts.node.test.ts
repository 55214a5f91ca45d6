import { describe, expect, it } from 'vitest'
import { wordsOfChecks, wordsOfRefusal } from '../src/page/handshake/check-words.ts'
import { partsOf, sliceParts } from '../src/page/view/parts.ts'

const BASE_STRING =
  '0a1bPOST&https%3A%2F%2Fapi.ibkr.com%2Fv1&oauth_nonce%3Dab%26oauth_token%3D%26x%3D1%253D2'

describe('the parts of a text', () => {
  it.each([
    BASE_STRING,
    'OAuth realm="limited_poa", oauth_nonce="ab"',
    'OAuth no pairs at all',
    '{"a": [1, "b\\"c"], "d": null}',
    '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
    'GET&',
    '',
  ])('are the text again when they are joined: %s', (text) => {
    expect(
      partsOf(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text)
  })

  it('tell prefix, method, address, names and values of a base string', () => {
    expect(partsOf(BASE_STRING).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'prefix 0a1b',
      'method POST',
      'mark &',
      'address https%3A%2F%2Fapi.ibkr.com%2Fv1',
      'mark &',
      'name oauth_nonce',
      'mark %3D',
      'value ab',
      'mark %26',
      'name oauth_token',
      'mark %3D',
      'mark %26',
      'name x',
      'mark %3D',
      'value 1%253D2',
    ])
  })

  it('keep their kind when they are cut', () => {
    expect(sliceParts(partsOf(BASE_STRING), 2, 6)).toEqual([
      { kind: 'prefix', text: '1b' },
      { kind: 'method', text: 'PO' },
    ])
  })
})

it('says in words of people what a broker checked', () => {
  expect(wordsOfChecks(['signature', 'clock', 'nonce'])).toEqual([
    'the broker: it was sent now, and not before',
    'the broker: the signature is right',
  ])
  expect(wordsOfRefusal('consumer: it differs')).toBe('consumer key: it differs')
  expect(wordsOfRefusal('no reason was recorded')).toBe('no reason was recorded')
})
