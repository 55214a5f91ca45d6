/** What a store of another realm (a frame, a `vm` context, a test runner) gives back is read. */
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { seal, unseal } from '../src/internal/store.ts'

it('an ArrayBuffer', async () => {
  const text = await seal('{"a":1}', 'entry', 'unsealed')
  const bytes = new TextEncoder().encode(text)
  const make = runInNewContext('(numbers) => Uint8Array.from(numbers).buffer')
  const buffer: unknown = make([...bytes])
  expect(buffer).not.toBeInstanceOf(ArrayBuffer)
  expect(await unseal(buffer, 'entry', 'unsealed')).toBe('{"a":1}')
})
