/** The README's table of errors, against the union of codes in the source. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

it('lists every code of IbkrSsoErrorCode once, in its order, with meaning and remedy', () => {
  const union = /type IbkrSsoErrorCode =([\s\S]*?)\n\n/.exec(read('../src/errors.ts'))?.[1] ?? ''
  const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code)
  expect(codes.length).toBeGreaterThan(10)
  const rows = read('../README.md').matchAll(
    /^\| `(IBKR_SSO_\w+)` +\| (\S.{5,}) \| (\S.{5,}) \|$/gm,
  )
  expect([...rows].map(([, code]) => code)).toEqual(codes)
})
