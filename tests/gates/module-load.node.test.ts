import { describe, expect, it } from 'vitest'
import { problemsIn } from './module-load.ts'

describe('the gate against work at load refuses', () => {
  it.each([
    ['export const f = () => globalThis.process', "'process' of the global object"],
    ["export const f = () => globalThis['process']", "'process' of the global object"],
    [
      'export const f = () => (globalThis as { Buffer?: unknown }).Buffer',
      "'Buffer' of the global",
    ],
    [
      'export const f = () => { const { process: p } = globalThis as {}; return p }',
      "'process' of",
    ],
    ["console.log('loaded')", 'work at module load'],
    ["import './polyfill.ts'", 'side effects'],
    ['export let count = 0', 'use const'],
    ['export const table = build()', 'work at module load: build'],
    ['export class C { static table = build() }', 'work at module load: build'],
    ['export const value = await load()', 'top-level await'],
  ])('%s', (text, message) => {
    expect(problemsIn(text).join('\n')).toContain(message)
  })
})

describe('the gate against work at load takes', () => {
  it.each([
    'export const f = (o: { process: string }) => o.process',
    'export const names = new Set(["a"])',
    'export const encoder = /* @__PURE__ */ make()',
    'export const f = () => globalThis.fetch',
    'export function processAnswer() { return new Date() }',
    "import { modPow } from '@isoauth/core-crypto'",
  ])('%s', (text) => {
    expect(problemsIn(text)).toEqual([])
  })

  it('the probe for native arithmetic, and nothing else in its file', () => {
    const file = '/x/packages/core-crypto/src/internal/native-crypto.ts'
    expect(problemsIn('export const f = () => globalThis.process', file)).toEqual([])
    expect(problemsIn('export const f = () => globalThis.Deno', file)).toHaveLength(1)
  })
})
