import { describe, expect, it } from 'vitest'
import { loadInTrappedRealm } from './trapped-realm.ts'

const touched = (text: string) => loadInTrappedRealm(text).map(({ what }) => what)

describe('the trapped realm tells of', () => {
  it.each([
    ['fetch', 'const f = fetch'],
    ['crypto', 'crypto.getRandomValues(new Uint8Array(1))'],
    ['TextEncoder', 'const e = new TextEncoder()'],
    ['URL', 'class U extends URL {}'],
    ['Request', "if (typeof Request === 'function') {}"],
    ['Buffer', 'const b = globalThis.Buffer'],
    ['process', 'const { process } = globalThis'],
    ['require', "require('x')"],
    ['setTimeout', 'setTimeout(() => {})'],
    ['console', 'const c = console'],
    ['document', 'const d = globalThis.document'],
    ['fetch (set)', 'globalThis.fetch = () => {}'],
    ['Math.random', 'const r = Math.random()'],
    ['Date.now', 'const t = Date.now()'],
    ['new Date()', 'const t = new Date()'],
    ['Array.prototype.last (changed)', 'Array.prototype.last = 1'],
    ['Date.prototype.toJSON (changed)', 'Date.prototype.toJSON = () => 1'],
    ['shared (changed)', 'globalThis.shared = 1'],
    ['an error (broken)', "throw new Error('broken')"],
  ])('%s', (what, text) => {
    expect(touched(text)).toContain(what)
  })

  it('code made from text', () => {
    expect(touched("new Function('return 1')()")[0]).toMatch(/^an error/)
  })

  it('the line', () => {
    expect(loadInTrappedRealm('\n\nfetch')).toEqual([{ what: 'fetch', line: 3 }])
  })
})

describe('the trapped realm takes', () => {
  it.each([
    'const f = () => fetch',
    'class E extends Error {}',
    'const bytes = Uint8Array.of(1, 2)',
    'const power = 2n ** 64n',
    'const then = new Date(0)',
    'const names = new Set(["a"])',
  ])('%s', (text) => {
    expect(touched(text)).toEqual([])
  })
})
