import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lintText } from './lint-isomorphic.mjs'

const lint = (text: string, packageName = 'ibkr-oauth1') =>
  lintText(text, join(import.meta.dirname, 'x.ts'), packageName)

describe('the lint against runtime-specific names refuses', () => {
  it.each([
    ["import { readFileSync } from 'node:fs'", 'module of Node'],
    ["import { createHash } from 'crypto'", 'module of Node'],
    ["export const load = () => import('node:fs')", 'module of Node'],
    ['export const f = () => Buffer.from([])', "'Buffer'"],
    ['export const f = () => process.env', "'process'"],
    ['export const f = () => globalThis.process', "'process' of the global object"],
    ["export const f = () => globalThis['process']", "'process' of the global object"],
    [
      'export const f = () => (globalThis as { Buffer?: unknown }).Buffer',
      "'Buffer' of the global",
    ],
    ["export const f = () => require('x')", "'require'"],
    ['export const f = () => ({ process })', "'process'"],
    ["console.log('loaded')", 'work at module load'],
    ["import './polyfill.ts'", 'side effects'],
    ['export let count = 0', 'use const'],
    ['export const table = build()', 'work at module load: build'],
    ['export class C { static table = build() }', 'work at module load: build'],
    ['export const value = await load()', 'top-level await'],
    ['export default 1', 'no default exports'],
    ["import ky from 'ky'", 'may not be imported here'],
  ])('%s', (text, message) => {
    expect(lint(text).join('\n')).toContain(message)
  })

  it('a client package in the sandbox', () => {
    expect(lint("import { modPow } from '@isoauth/core-crypto'", 'sandbox')).toHaveLength(1)
  })
})

describe('the lint against runtime-specific names takes', () => {
  it.each([
    'export const f = (o: { process: string }) => o.process',
    'export const names = new Set(["a"])',
    'export const encoder = /* @__PURE__ */ make()',
    'export const f = () => globalThis.fetch',
    'export const f = (window: bigint) => window + 1n',
    'export function processAnswer() { return new Date() }',
    "import { modPow } from '@isoauth/core-crypto'",
  ])('%s', (text) => {
    expect(lint(text)).toEqual([])
  })
})
