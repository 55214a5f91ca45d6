/** The README's table of errors, against the union of codes in the source. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

describe('README', () => {
  it('lists every code of CryptoErrorCode once, in its order, with meaning and remedy', () => {
    const union = /type CryptoErrorCode =([\s\S]*?)\n\n/.exec(
      read('../src/internal/errors.ts'),
    )![1]!
    const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code)
    expect(codes.length).toBeGreaterThan(20)
    const rows = [
      ...read('../README.md').matchAll(/^\| `(CRYPTO_\w+)` +\| (\S.{9,}) \| (\S.{9,}) \|$/gm),
    ]
    expect(rows.map(([, code]) => code)).toEqual(codes)
  })
})
