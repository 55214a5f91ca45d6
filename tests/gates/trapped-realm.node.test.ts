import { describe, expect, it } from 'vitest'
import { loadInTrappedRealm } from './trapped-realm.ts'

const touched = (text: string) => loadInTrappedRealm(text).map(({ what }) => what)

describe('the trapped realm', () => {
  // Each with all that is told of it.
  it.each<[text: string, ...told: string[]]>([
    ['const f = fetch', 'fetch'],
    ['crypto.getRandomValues(new Uint8Array(1))', 'crypto'],
    ['const e = new TextEncoder()', 'TextEncoder'],
    ['class U extends URL {}', 'URL'],
    ["if (typeof Request === 'function') {}", 'Request'],
    ['const b = globalThis.Buffer', 'Buffer'],
    ['const { process } = globalThis', 'process'],
    ["require('x')", 'require', 'an error (require is not a function)'],
    ['setTimeout(() => {})', 'setTimeout'],
    ['const c = console', 'console'],
    ['const d = globalThis.document', 'document'],
    ['globalThis.fetch = () => {}', 'fetch (set)'],
    ['const r = Math.random()', 'Math.random'],
    ['const t = Date.now()', 'Date.now'],
    ['const t = new Date()', 'new Date()'],
    ['Array.prototype.last = 1', 'Array.prototype.last (changed)'],
    [
      'Date.prototype.toJSON = () => 1',
      'Date.prototype.toJSON (changed)',
      'Date.prototype.toJSON.length (changed)',
      'Date.prototype.toJSON.name (changed)',
    ],
    ['globalThis.shared = 1', 'shared (changed)'],
    ["throw new Error('broken')", 'an error (broken)'],
    ['const f = () => fetch'],
    ['class E extends Error {}'],
    ['const bytes = Uint8Array.of(1, 2)'],
    ['const power = 2n ** 64n'],
    ['const then = new Date(0)'],
    ['const names = new Set(["a"])'],
  ])('%s', (text, ...told) => {
    expect(touched(text)).toEqual(told)
  })

  it('tells of code made from text', () => {
    expect(touched("new Function('return 1')()")[0]).toMatch(/^an error/)
  })

  it('tells the line', () => {
    expect(loadInTrappedRealm('\n\nfetch')).toEqual([{ what: 'fetch', line: 3 }])
  })
})
