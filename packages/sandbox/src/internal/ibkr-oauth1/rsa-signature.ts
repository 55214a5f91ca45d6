/** Verification of RSA-SHA256 signatures on `/oauth/*`, naming the usual mistakes. */
import { type Call, check } from '../call.ts'
import { type Bytes, fromBase64, utf8 } from '../crypto/bytes.ts'
import { verifyRsaSha256 } from '../crypto/rsa.ts'
import { type BaseStringInput, signatureBaseString } from './base-string.ts'
import type { Consumer } from './consumer.ts'

export interface RsaVerification {
  readonly consumer: Consumer
  readonly signature: string
  /** What is signed, but for the origin. */
  readonly input: Omit<BaseStringInput, 'origin'>
  /** The origins that clients may sign. */
  readonly origins: readonly string[]
  readonly realm: string
  readonly refuse: () => Response
}

export async function checkRsaSignature(call: Call, request: RsaVerification): Promise<void> {
  const { consumer, input, origins } = request
  const signature = fromBase64(request.signature)
  if (signature?.length !== Math.ceil(consumer.signatureKey.modulus.toString(16).length / 2)) {
    const text = /%[0-9A-F]{2}/i.test(request.signature)
      ? 'it is percent-encoded twice'
      : 'it is not padded base64 of as many bytes as the key has'
    check(call, false, { name: 'signature', detail: text, refuse: request.refuse })
    return
  }
  for (const origin of origins) {
    const base = signatureBaseString({ ...input, origin }, 'omit')
    if (await verifyRsaSha256(consumer.signatureKey, signature, utf8(base))) {
      call.record.signedOrigin = origin
      check(call, true, {
        name: 'signature',
        detail: 'RSA-SHA256 over the base string',
        refuse: request.refuse,
      })
      return
    }
  }
  check(call, false, {
    name: 'signature',
    detail: await diagnose(call, request, signature),
    refuse: request.refuse,
  })
}

/** The mistake that explains the signature, or the base string that was expected. */
async function diagnose(call: Call, request: RsaVerification, signature: Bytes): Promise<string> {
  const { consumer, origins, realm } = request
  const input: BaseStringInput = { ...request.input, origin: origins[0] ?? '' }
  const right = signatureBaseString(input, 'omit')
  const prefix = input.prefix ?? ''
  const bare = right.slice(prefix.length)
  const host = call.request.headers.get('host') ?? new URL(call.request.url).host
  const mistakes: readonly (readonly [string, string])[] = [
    ['the prefix (hex of the access token secret) is missing', bare],
    ['the prefix is in upper case; it must be lower case', prefix.toUpperCase() + bare],
    ['the prefix is joined with "&"; it must stand directly in front', `${prefix}&${bare}`],
    [
      'the realm is inside the base string',
      signatureBaseString({ ...input, pairs: [...input.pairs, ['realm', realm]] }, 'omit'),
    ],
    ['the method was signed in lower case', prefix + bare.replace(/^[A-Z]+/, lower)],
    ['each value was encoded once more', signatureBaseString(input, 'rfc5849')],
    ...['http', 'https'].map(
      (scheme) =>
        [
          `the URL was signed with the origin ${scheme}://${host}, which is not configured`,
          signatureBaseString({ ...input, origin: `${scheme}://${host}` }, 'omit'),
        ] as const,
    ),
  ]
  for (const [mistake, base] of mistakes) {
    if (base === right) continue
    if (await verifyRsaSha256(consumer.signatureKey, signature, utf8(base))) return mistake
  }
  if (await verifyRsaSha256(consumer.encryptionKey, signature, utf8(right))) {
    return 'it was made with the encryption key: the two private keys are swapped'
  }
  return `it does not match; expected base string: ${prefix === '' ? '' : '<prefix>'}${bare}`
}

function lower(text: string): string {
  return text.toLowerCase()
}
