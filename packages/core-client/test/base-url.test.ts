import {
  type BaseUrl,
  createOptionReader,
  describeBaseCause,
  isLoopbackHost,
  readUrl,
  resolveUrl,
} from '@isoauth/core-client'
import { describe, expect, it } from 'vitest'
import { readBaseUrl } from '../src/internal/base-url.ts'
import { failure, newError } from './support.ts'

const base = readBaseUrl('https://api.example.com/v1/api') as BaseUrl

describe('readBaseUrl', () => {
  it.each([
    ['https://api.example.com/v1/api/', 'https://api.example.com/v1/api', '/v1/api'],
    ['HTTPS://API.Example.com:443', 'https://api.example.com', ''],
    ['http://localhost:5000/x', 'http://localhost:5000/x', '/x'],
    ['http://[::1]:80/', 'http://[::1]', ''],
  ])('takes %s', (text, href, path) => {
    expect(readBaseUrl(text)).toMatchObject({ href, path })
  })

  it.each([
    'http://api.example.com',
    'http://127.0.0.1.example.com',
    'ws://localhost',
    'https://host/?',
    'https://host/#',
    'https://user@host/',
    'host/path',
    '',
    null,
    7,
  ])('reads nothing from %s, which the option reader refuses', async (value) => {
    expect(readBaseUrl(value)).toBeUndefined()
    const read = createOptionReader({ baseUrl: value }, newError)
    const error = await failure(() => readUrl(read, 'baseUrl', ''))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'baseUrl' })
  })
})

describe('resolveUrl', () => {
  it.each([
    ['/a', 'https://api.example.com/v1/api/a'],
    ['a/b:c', 'https://api.example.com/v1/api/a/b:c'],
    ['a', 'https://api.example.com/v1/api/a'],
    ['', 'https://api.example.com/v1/api'],
    ['?q=1', 'https://api.example.com/v1/api?q=1'],
    ['/a/../b', 'https://api.example.com/v1/api/b'],
    ['/a%2Fb', 'https://api.example.com/v1/api/a%2Fb'],
    ['/a?x=../..', 'https://api.example.com/v1/api/a?x=../..'],
    ['/a?x=/..;/b', 'https://api.example.com/v1/api/a?x=/..;/b'],
    ['/a;b=../c', 'https://api.example.com/v1/api/a;b=../c'],
    ['/..a/.b/c..;d', 'https://api.example.com/v1/api/..a/.b/c..;d'],
    ['/a%252Fb%25c%', 'https://api.example.com/v1/api/a%252Fb%25c%'],
    ['/100%25/%2525/%25252ea', 'https://api.example.com/v1/api/100%25/%2525/%25252ea'],
    ['/%u002', 'https://api.example.com/v1/api/%u002'],
    ['/À./%c3%80.', 'https://api.example.com/v1/api/%C3%80./%c3%80.'],
    ['/%E2%80%AE./%F0%9F%80%80', 'https://api.example.com/v1/api/%E2%80%AE./%F0%9F%80%80'],
    ['/a#b', 'https://api.example.com/v1/api/a'],
    ['https://API.example.com:443/v1/api/a', 'https://api.example.com/v1/api/a'],
  ])('resolves %s', (input, href) => {
    expect(resolveUrl(newError, base, input).href).toBe(href)
  })

  it.each([
    '/../x',
    '/%2e%2e/x',
    '/a%2f%2e%2e%2f..%5c..',
    '/..;/x',
    '/..;a=1/x',
    '/a/..%3b/x',
    '/%252e%252e%252fx',
    '/a%252f..%252fx',
    '/..%00/x',
    '/..%00.json',
    '/..%2500/x',
    '/..%20/x',
    '/a/.%3Bx/b',
    '/a%5c..%5cb',
    '/%25252e%25252e/x',
    '/a%2525252f..%2525252fx',
    '/%25%32%65%25%32%65/x',
    '/%u002e%u002e/x',
    '/%25u002e%25u002e/x',
    '/%c0%ae%c0%ae/x',
    '/%C0%AE./x',
    '/%c0%2e%c0%6e/x',
    '/%e0%80%ae%e0%80%ae/x',
    '/%f0%80%80%ae./x',
    '/a%c0%af..%c0%afx',
    '/a%c1%9c..%c1%9cx',
    '/..%c0%80/x',
    '/%25c0%25ae./x',
    '//evil/',
    '/\\evil/',
    'http://api.example.com/v1/api/a',
  ])('refuses %s', async (input) => {
    expect(await failure(() => resolveUrl(newError, base, input))).toMatchObject({
      code: 'URL_REFUSED',
    })
  })
})

it('knows loopback', () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.8.7', '[::1]']) {
    expect(isLoopbackHost(host)).toBe(true)
  }
  for (const host of ['localhost.example', '128.0.0.1', '127.0.0.1.nip.io', '0.0.0.0']) {
    expect(isLoopbackHost(host)).toBe(false)
  }
})

it.each([
  ['/v1/api', / ends in \/v1\/api: give the part before that/],
  ['/gw/api/v1', / ends in \/gw\/api\/v1: /],
  ['/v1/api/proxy', /^ Check baseUrl and the other options\.$/],
  ['', /^ Check baseUrl/],
])('of the base %j says what to check after a refusal', (path, words) => {
  expect(describeBaseCause(readBaseUrl(`https://api.example.com${path}`) as BaseUrl)).toMatch(words)
})
