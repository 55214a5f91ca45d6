/** Bearers: what is kept of them as text, what says which one is meant, and what may stand in a header. */
import { inspect } from 'node:util'
import { BEARER, BearerToken, isTokenText } from '@isoauth/core-client'
import { describe, expect, it } from 'vitest'

const token = new BearerToken('secret.value', { expiresAtMs: 5, obtainedAtMs: 3, scope: 'a b' })

it('is the same after it was kept as text', () => {
  const again = BEARER.deserialize(BEARER.serialize(token))
  expect(again).toBeInstanceOf(BearerToken)
  expect(again).toMatchObject({ value: 'secret.value', expiresAtMs: 5, obtainedAtMs: 3 })
  expect(again?.scope).toBe('a b')
})

it('has no scope where none is known', () => {
  expect(new BearerToken('x', { expiresAtMs: 5, obtainedAtMs: 3 }).scope).toBe('')
})

describe('a text that is no token', () => {
  const good = { value: 'x', expiresAtMs: 5, obtainedAtMs: 3, scope: '' }
  it.each([
    ['the value', { value: 5 }],
    ['an empty value', { value: '' }],
    ['a value with a blank', { value: 'a b' }],
    ['the end', { expiresAtMs: '5' }],
    ['the beginning', { obtainedAtMs: null }],
    ['the scope', { scope: undefined }],
  ])('for want of %s', (_, fault) => {
    expect(BEARER.deserialize(JSON.stringify(good))).toBeDefined()
    expect(BEARER.deserialize(JSON.stringify({ ...good, ...fault }))).toBeUndefined()
  })

  it('for want of an object', () => {
    for (const text of ['', 'x', 'null', '[]', '5'])
      expect(BEARER.deserialize(text)).toBeUndefined()
  })
})

it('is told from another by its value', () => {
  expect(BEARER.matches(token, 'secret.value')).toBe(true)
  expect(BEARER.matches(token, 'secret.valu')).toBe(false)
  expect(BEARER.markOf(token)).toBe('secret.value')
  expect(['x', '', 'Bearer x', 'x\n', 5, null, undefined].map(BEARER.isMark)).toEqual([
    true,
    ...Array.from({ length: 6 }, () => false),
  ])
})

it('is not printed', () => {
  const deep = inspect(token, { depth: 10, showHidden: true, getters: true })
  for (const print of [inspect(token), deep, JSON.stringify(token), `${token}`]) {
    expect(print).not.toContain('secret')
  }
  for (const print of [inspect(token), deep]) {
    expect(print).toMatch(/^BearerToken \{ .*expiresAtMs: 5/s)
  }
})

it.each([
  ['a-b.c_~+/=', true],
  ['!', true],
  ['~', true],
  ['', false],
  [' ', false],
  ['a b', false],
  ['a\nb', false],
  ['\u007f', false],
  ['é', false],
  [5, false],
  [['x'], false],
  [undefined, false],
])('%j can stand in a header: %s', (value, expected) => {
  expect(isTokenText(value)).toBe(expected)
})
