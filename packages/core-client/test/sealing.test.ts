import { expect, it } from 'vitest'
import { seal, unseal } from '../src/internal/store.ts'

const aesKey = () =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])

it('opens what it sealed, for the same entry only', async () => {
  const key = await aesKey()
  const sealed = await seal('text ü', 'entry', key)
  expect(await unseal(sealed, 'entry', key)).toBe('text ü')
  expect(await unseal(sealed, 'other entry', key)).toBeUndefined()
  expect(await unseal(sealed, 'entry', await aesKey())).toBeUndefined()
  expect(await unseal(sealed, 'entry', [await aesKey(), key])).toBe('text ü')
})

it('never seals twice alike, and notices every altered character', async () => {
  const key = await aesKey()
  const sealed = await seal('text', 'entry', key)
  expect(await seal('text', 'entry', key)).not.toBe(sealed)
  for (let at = 3; at < sealed.length - 1; at++) {
    const other = sealed[at] === 'A' ? 'B' : 'A'
    const altered = sealed.slice(0, at) + other + sealed.slice(at + 1)
    expect(await unseal(altered, 'entry', key)).toBeUndefined()
  }
})

it('does not take an unsealed entry for a sealed one', async () => {
  const open = await seal('text', 'entry', 'unsealed')
  expect(await unseal(open, 'entry', 'unsealed')).toBe('text')
  expect(await unseal(open, 'entry', await aesKey())).toBeUndefined()
})

it.each([undefined, null, 5, {}, '', 'v1', 'v1.', 'v1.!', 'v2.AAAA', 'AAAA'])(
  'opens nothing of %s',
  async (value) => {
    expect(await unseal(value, 'entry', await aesKey())).toBeUndefined()
  },
)
