/** Where Web Cryptography is missing. In Node alone: what stands in for a global object is not seen everywhere in WebKit. */
import { expect, it, vi } from 'vitest'
import { rejection, setUp } from './support.ts'

it.each([
  ['crypto.subtle', {}],
  ['crypto', undefined],
])('says that a runtime without %s cannot sign in, as a page over http is', async (_, crypto) => {
  const { client, sandbox } = await setUp()
  vi.stubGlobal('crypto', crypto)
  try {
    const error = await rejection(client.fetch('/portfolio/accounts'))
    expect(error).toMatchObject({ code: 'CRYPTO_WEBCRYPTO_UNAVAILABLE' })
    expect(error['message']).toContain('only over https')
    expect(sandbox.requests).toEqual([])
  } finally {
    vi.unstubAllGlobals()
  }
})
