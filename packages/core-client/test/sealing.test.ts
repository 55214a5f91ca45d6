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

it('has 12 bytes of nonce before the ciphertext, and 16 of tag behind', async () => {
  const sealed = await seal('text', 'entry', await aesKey())
  expect(sealed).toMatch(/^v1\.[\w-]+$/)
  const base64 = sealed.slice(3).replace(/-/g, '+').replace(/_/g, '/')
  expect(atob(base64)).toHaveLength(12 + 4 + 16)
})

it('opens an entry that another wrote by the same rule', async () => {
  const key = await aesKey()
  const nonce = new Uint8Array(12).fill(7)
  const additionalData = new TextEncoder().encode('entry')
  const parameters = { name: 'AES-GCM', iv: nonce, additionalData }
  const text = new TextEncoder().encode('theirs')
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters, key, text))
  const base64 = btoa(String.fromCharCode(...nonce, ...sealed))
  const entry = `v1.${base64.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}`
  expect(await unseal(entry, 'entry', key)).toBe('theirs')
})
