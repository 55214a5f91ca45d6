/** The access token secret: whether it is whole, and which of the two keys opens it. */
import { type Bytes, base64ToBytes, CryptoError } from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { count } from '../text.ts'
import { codeAndPage, type Report } from './findings.ts'

export interface SecretOptions {
  readonly accessTokenSecret: string
  /** Keys that were read before, as text. */
  readonly encryptionKey: string
  readonly signatureKey: string | undefined
}

const CHECK = 'accessTokenSecret'
const COPY_AGAIN =
  'copy it whole from where you saved it; the portal shows it once, so else generate a new access token there.'

/** Decrypts and adds what is to be said. */
export async function checkSecret(report: Report, options: SecretOptions): Promise<void> {
  const text = options.accessTokenSecret
  const key = await importRsaDecryptionKey(options.encryptionKey)
  const wantedBytes = Math.ceil(key.modulusBits / 8)
  const wanted = Math.ceil(wantedBytes / 3) * 4
  const ciphertext = decode(text)
  if (ciphertext?.length !== wantedBytes) {
    const message = shapeOf(text, { wanted, wantedBytes })
    report.add({ check: CHECK, level: 'problem', message, remedy: COPY_AGAIN })
    return
  }
  try {
    const secret = await decryptRsaPkcs1v15(key, ciphertext)
    report.add({
      check: CHECK,
      level: secret.length > 0 ? 'ok' : 'problem',
      message: `decrypted with encryptionKey: ${count(secret.length, 'byte')}, not shown`,
      ...(secret.length === 0 && { remedy: 'generate a new access token in the portal.' }),
    })
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error
    report.add({
      check: CHECK,
      level: 'problem',
      ...codeAndPage(error),
      ...(await why(options, ciphertext)),
    })
  }
}

/** What a text is that is not base64 of as many bytes as are wanted. */
function shapeOf(
  text: string,
  { wanted, wantedBytes }: { readonly wanted: number; readonly wantedBytes: number },
): string {
  const { length } = text.replace(/\s/g, '')
  if (/^(?:[0-9a-f]{2}){8,64}$/i.test(text.trim())) {
    return 'it looks decrypted already: name it decryptedAccessTokenSecret'
  }
  if (decode(text.trim().replace(/ /g, '+'))?.length === wantedBytes) {
    return 'it has blanks where + was, as decoding a form or an address makes them'
  }
  if (length < wanted) return `it is truncated: ${length} of ${wanted} characters of base64`
  return /[^\w+/=\s]|_/.test(text)
    ? 'it has characters that are none of base64, such as quotation marks, or % - _ of an address'
    : `it is no base64 of ${wanted} characters: it has ${length}, or characters of something else`
}

/** Bad padding: the signature key opens it, or no key here does. */
async function why(
  { signatureKey }: SecretOptions,
  ciphertext: Bytes,
): Promise<{ readonly message: string; readonly causes?: string[]; readonly remedy: string }> {
  if (signatureKey !== undefined && (await opens(signatureKey, ciphertext))) {
    return {
      message: 'the keys are swapped: signatureKey decrypts it, encryptionKey does not',
      remedy:
        'exchange signatureKey and encryptionKey in the configuration. If it was the upload that went wrong, this mends it too.',
    }
  }
  return {
    message: 'encryptionKey does not decrypt it',
    causes: [
      'encryptionKey is not the private half of the encryption key in the portal: an older pair, or one of another consumer key.',
      'The access token was generated anew after this secret was copied, or the key was changed after it was generated.',
      'The secret was altered in copying, at its full length.',
    ],
    remedy: 'generate a new access token in the portal once the right encryption key is there.',
  }
}

async function opens(privateKey: string, ciphertext: Bytes): Promise<boolean> {
  try {
    await decryptRsaPkcs1v15(await importRsaDecryptionKey(privateKey), ciphertext)
    return true
  } catch {
    return false
  }
}

function decode(text: string): Bytes | undefined {
  try {
    return base64ToBytes(text)
  } catch {
    return undefined
  }
}
