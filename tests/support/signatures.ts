/** Signatures of the platform for tests: right ones, whatever the platform does now and then, and wrong ones. */
import { vi } from 'vitest'

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

/**
 * Signs as `crypto.subtle.sign` does, and once more where the signature is wrong: WebKitGTK's is, one in a thousand or
 * so (docs/decisions/0014).
 */
export async function rightSigner(
  form: 'pkcs8' | 'jwk',
  key: Uint8Array<ArrayBuffer> | JsonWebKey,
): Promise<(data: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>> {
  const { subtle } = crypto
  const privateKey = await subtle.importKey(form as 'jwk', key as JsonWebKey, ALGORITHM, true, [
    'sign',
  ])
  const { kty, n, e } = await subtle.exportKey('jwk', privateKey)
  const publicJwk = { kty, n, e } as JsonWebKey
  const publicKey = await subtle.importKey('jwk', publicJwk, ALGORITHM, true, ['verify'])
  return async (data) => {
    for (;;) {
      const signature = await subtle.sign(ALGORITHM.name, privateKey, data)
      if (await subtle.verify(ALGORITHM.name, publicKey, signature, data)) {
        return new Uint8Array(signature)
      }
    }
  }
}

/** The next signatures of the platform, this many, have one bit turned. `vi.restoreAllMocks` ends it. */
export function spoilSignatures(times: number) {
  const sign = crypto.subtle.sign.bind(crypto.subtle)
  let left = times
  return vi.spyOn(crypto.subtle, 'sign').mockImplementation(async (...parameters) => {
    const signature = new Uint8Array(await sign(...parameters))
    if (left-- > 0) signature[100] = (signature[100] ?? 0) ^ 1
    return signature.buffer
  })
}
