/** The known answers from inside and by another library: how a JWS is put together, and keys in every form. */
import { base64ToBytes } from '@isoauth/core-crypto'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { importSPKI, jwtVerify } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { byId, keys, NOW_MS, vectors } from '../../../tests/support/oauth2-vectors.ts'
import { rightSigner, spoilSignatures } from '../../../tests/support/signatures.ts'
import { importSigner, type JwsHeader } from '../src/internal/signing-key.ts'
import { credentials, failure } from './support.ts'

it('has the entries it should', () => {
  const groups = Object.values(vectors).filter(Array.isArray)
  expect(groups.map((group) => group.length)).toEqual([9, 5, 2, 1, 3, 3, 7, 10, 12])
})

/** The platform's signature over an input, as a key in a KMS would give it. */
async function signElsewhere(key: 'main3072' | 'next4096') {
  const sign = await rightSigner('jwk', keys[key].privateJwk as JsonWebKey)
  return (data: Uint8Array) => sign(data.slice())
}

describe.each([
  ...vectors.clientAssertions,
  ...vectors.ssoSessionBodies,
  ...vectors.ssoBrowserSessionBodies,
  ...vectors.echoBodies,
])('the assembly of $id', ({ key, headerJson, claimsJson, jws, signingInput }) => {
  it('is the same with a key of jose and with a function that signs', async () => {
    expect(jws.startsWith(`${signingInput}.`)).toBe(true)
    const header = JSON.parse(headerJson) as JwsHeader
    for (const input of [keys[key].pkcs8Pem, await signElsewhere(key as 'main3072')]) {
      const sign = await importSigner(input, false)
      expect(await sign(header, claimsJson)).toBe(jws)
    }
  })
})

describe.each(vectors.invalidJws)('$id', ({ jws }) => {
  it('is refused by a verifier with the public key, which takes the good one', async () => {
    const publicKey = await importSPKI(keys.main3072.spkiPem, 'RS256')
    const options = { algorithms: ['RS256'], currentDate: new Date(NOW_MS) }
    const good = byId(vectors.clientAssertions, 'assertion-default').jws
    await jwtVerify(good, publicKey, options)
    expect((await failure(() => jwtVerify(jws, publicKey, options)))['code']).toMatch(/^ERR_J/)
  })
})

it('says that the weak key is too weak, unless a test allows it', async () => {
  const options = { ...credentials, privateKey: keys.weak2048.pkcs8Pem }
  const error = await failure(() => createIbkrOAuth2(options).clientAssertion())
  expect(error).toMatchObject({ code: 'IBKR_OAUTH2_OPTION_INVALID', option: 'privateKey' })
  expect(error['message']).toMatch(/3072 bits or more.*the key has 2048 bits/)
  const allowed = createIbkrOAuth2({ ...options, allowWeakKey: true })
  expect((await allowed.clientAssertion()).split('.')).toHaveLength(3)
})

it('tells what is no key in the sentences of the key reader, whole', async () => {
  const options = { ...credentials, privateKey: 'key.pem' }
  const error = await failure(() => createIbkrOAuth2(options).clientAssertion())
  expect(error['message']).toBe(
    'Option privateKey: An RSA private key is needed; this is the name of a file. Remedy: Read the file and give its content.',
  )
})

it('reads the key in every form', async () => {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const der = (pem: string) => base64ToBytes(pem.replace(/-----.*?-----/g, ''))
  const { pkcs8Pem, pkcs1Pem, privateJwk } = keys.main3072
  const pkcs8 = der(pkcs8Pem)
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  const forms = [
    pkcs8Pem,
    pkcs1Pem,
    pkcs8,
    der(pkcs1Pem),
    new TextEncoder().encode(pkcs1Pem),
    privateJwk,
    key,
    await signElsewhere('main3072'),
  ]
  const made = new Set<string>()
  for (const privateKey of forms) {
    const options = { ...credentials, privateKey, now: () => NOW_MS }
    made.add(await createIbkrOAuth2(options).clientAssertion())
  }
  expect([...made]).toEqual([byId(vectors.clientAssertions, 'assertion-default').jws])
})

it.each<[string, () => { privateKey: Uint8Array | JsonWebKey; wipe: () => void }]>([
  [
    'bytes are wiped',
    () => {
      const der = base64ToBytes(keys.main3072.pkcs8Pem.replace(/-----[^-]+-----/g, ''))
      return { privateKey: der, wipe: () => der.fill(0) }
    },
  ],
  [
    'members are wiped',
    () => {
      const jwk = { ...keys.main3072.privateJwk } as JsonWebKey
      return { privateKey: jwk, wipe: () => Object.assign(jwk, { d: '', p: '', q: '' }) }
    },
  ],
])('a key whose %s once the client has it signs all the same', async (_, make) => {
  const { privateKey, wipe } = make()
  const client = createIbkrOAuth2({ ...credentials, privateKey, now: () => NOW_MS } as never)
  wipe()
  expect(await client.clientAssertion()).toBe(
    byId(vectors.clientAssertions, 'assertion-default').jws,
  )
})

describe('a platform that signs wrongly', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })
  const { headerJson, claimsJson, jws, key } = byId(vectors.clientAssertions, 'assertion-default')
  const signed = async () =>
    (await importSigner(keys[key].pkcs8Pem, false))(JSON.parse(headerJson) as JwsHeader, claimsJson)

  it.each([1, 2, 3])('is asked again after %i wrong signatures', async (times) => {
    const sign = spoilSignatures(times)
    expect(await signed()).toBe(jws)
    expect(sign).toHaveBeenCalledTimes(times + 1)
  })

  it('gives no JWS where every signature is wrong', async () => {
    spoilSignatures(4)
    expect(await failure(signed)).toMatchObject({ code: 'CRYPTO_RSA_FAULT' })
  })
})

it('a function that does not answer is named when the time is over, and sign-in is not held back', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let asked = 0
  const events: unknown[] = []
  const client = createIbkrOAuth2({
    ...credentials,
    privateKey: () => {
      asked++
      return new Promise<never>(() => {})
    },
    onEvent: (event) => events.push(event),
  })
  const failing = failure(() => client.accessToken())
  await vi.waitFor(() => expect(asked).toBe(1))
  vi.advanceTimersByTime(20_000)
  const error = await failing
  vi.useRealTimers()
  expect(error['code']).toBe('IBKR_OAUTH2_TIMEOUT')
  expect(error['option']).toBe('privateKey')
  expect(error.message).toBe(
    'No answer came within timeoutMs (20000 ms): the signing function given as privateKey has not answered. Check what it asks, such as a KMS, or allow more time.',
  )
  expect(events).toEqual([])
})
