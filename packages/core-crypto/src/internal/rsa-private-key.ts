/**
 * RSA private keys as people have them: PKCS#8 (RFC 5208, RFC 5958) and PKCS#1 (RFC 8017 appendix
 * A.1.2), PEM or DER, and JSON Web Keys (RFC 7518 section 6.3). What is no such key is named.
 */
import { base64ToBytes, base64UrlToBytes } from '../encoding.ts'
import { hasCode } from '../errors.ts'
import type { JsonWebKey } from '../keys.ts'
import { bytesToBigInt } from './bigint.ts'
import { isBytes, optionInvalid } from './check.ts'
import { type DerElement, derElements, derSequence, derUnsigned } from './der.ts'
import { keyError, keyLabelUnexpected, keyMalformed, keyTypeUnsupported } from './key-errors.ts'
import { hasPemStart, type PemBlock, pemBlocks, textOfBytes } from './pem.ts'
import {
  checkRsaPrivateNumbers,
  RSA_ENCRYPTION,
  type RsaPrivateNumbers,
} from './rsa-private-numbers.ts'

const FORMS =
  'an RSA private key: PEM text, the bytes of a PEM or DER file, a JSON Web Key or a CryptoKey'

/** The form of a file, by the tags of its outer elements. */
const FORM = {
  pkcs1: /^2(?:,2){8}$/,
  pkcs1MultiPrime: /^2(?:,2){8},48$/,
  pkcs8: /^2,48,4(?:,160)?(?:,129)?$/,
  encrypted: /^48,4$/,
  subjectPublicKeyInfo: /^48,3$/,
  certificate: /^48,48,3$/,
  pkcs12: /^2,48(?:,48)?$/,
  ec: /^2,4(?:,160)?(?:,161)?$/,
  dsa: /^2(?:,2){5}$/,
  twoNumbers: /^2,2$/,
  dhParameters: /^2,2,2(?:,2)?(?:,48)?$/,
}

/** Reads a key and checks that its size is fit and its numbers belong together. */
export function readRsaPrivateKey(input: string | Uint8Array | JsonWebKey): RsaPrivateNumbers {
  const numbers = read(input)
  checkRsaPrivateNumbers(numbers)
  return numbers
}

function read(input: unknown): RsaPrivateNumbers {
  if (typeof input === 'string') return fromText(input)
  if (isBytes(input)) {
    if (input.length === 0) throw optionInvalid('input', `${FORMS}; it is empty`)
    const text = textOfBytes(input)
    return text === undefined ? fromDer(input) : fromText(text)
  }
  if (typeof input === 'object' && input !== null && 'kty' in input)
    return fromJwk(input as JsonWebKey)
  throw optionInvalid('input', FORMS)
}

function fromText(text: string): RsaPrivateNumbers {
  const start = text.trim()
  if (start === '') throw optionInvalid('input', `${FORMS}; it is empty`)
  if (hasPemStart(text)) return fromPem(text)
  if (start.startsWith('{')) throw keyMalformed('JSON text is to be parsed before it is given')
  if (/^(?:ssh|ecdsa)-/.test(start)) throw keyError('CRYPTO_KEY_PUBLIC')
  throw keyMalformed('there is no PEM block in it. A file name is not opened')
}

function fromPem(text: string): RsaPrivateNumbers {
  const blocks = pemBlocks(text)
  const block =
    blocks.find(({ label }) => /^(?:RSA |ENCRYPTED )?PRIVATE KEY$/.test(label)) ?? blocks[0]
  if (block === undefined) {
    throw keyMalformed('the PEM block is cut short or damaged: its END line is missing or differs')
  }
  checkLabel(block)
  let der: Uint8Array
  try {
    der = base64ToBytes(block.body)
  } catch (error) {
    if (!hasCode(error, 'CRYPTO_ENCODING_INVALID')) throw error
    throw keyMalformed('the base64 of its PEM block is cut short or damaged')
  }
  return fromDer(der)
}

function checkLabel({ label, body }: PemBlock): void {
  if (label.startsWith('ENCRYPTED') || /Proc-Type:|DEK-Info:/i.test(body)) {
    throw keyError('CRYPTO_KEY_ENCRYPTED')
  }
  if (/^(?:RSA )?PRIVATE KEY$/.test(label)) return
  if (label.endsWith('PUBLIC KEY')) throw keyError('CRYPTO_KEY_PUBLIC')
  if (label.includes('CERTIFICATE')) throw keyError('CRYPTO_KEY_CERTIFICATE')
  if (label === 'OPENSSH PRIVATE KEY') {
    throw keyTypeUnsupported(
      'a key in the form of OpenSSH',
      'If it is an RSA key, rewrite a copy of it with: ssh-keygen -p -N "" -m PEM -f copy-of-key',
    )
  }
  if (/^(?:EC|DSA) /.test(label)) throw keyTypeUnsupported('an EC or DSA key')
  if (label.endsWith('DH PARAMETERS')) throw dhParameters()
  throw keyLabelUnexpected('a PEM block of another kind')
}

function fromDer(der: Uint8Array): RsaPrivateNumbers {
  const elements = derSequence(der)
  if (elements === undefined) throw keyMalformed('it is no DER, or it is cut short')
  const tags = elements.map(({ tag }) => tag).join()
  if (FORM.pkcs1.test(tags)) return fromPkcs1(elements)
  if (FORM.pkcs8.test(tags)) return fromPkcs8(elements)
  if (FORM.encrypted.test(tags)) throw keyError('CRYPTO_KEY_ENCRYPTED')
  if (FORM.subjectPublicKeyInfo.test(tags)) throw keyError('CRYPTO_KEY_PUBLIC')
  if (FORM.certificate.test(tags)) throw keyError('CRYPTO_KEY_CERTIFICATE')
  if (FORM.pkcs1MultiPrime.test(tags)) throw keyTypeUnsupported('one of more than two primes')
  if (FORM.ec.test(tags) || FORM.dsa.test(tags)) throw keyTypeUnsupported('an EC or DSA key')
  // RSAPublicKey and PKCS#3 parameters look alike, but a generator is small and an exponent odd.
  if (FORM.twoNumbers.test(tags)) {
    const second = derUnsigned(elements[1]) ?? 0n
    throw second === 2n || second === 5n ? dhParameters() : keyError('CRYPTO_KEY_PUBLIC')
  }
  if (FORM.dhParameters.test(tags)) throw dhParameters()
  if (FORM.pkcs12.test(tags)) {
    throw keyLabelUnexpected(
      'a PKCS#12 container',
      'Take the key out of it with: openssl pkcs12 -in file.p12 -nocerts -nodes -out private.pem',
    )
  }
  throw keyMalformed('its DER is that of another kind of file')
}

function fromPkcs8([version, algorithm, privateKey]: readonly DerElement[]): RsaPrivateNumbers {
  const [identifier, parameters, ...more] = derElements(algorithm!.content) ?? []
  if ((derUnsigned(version) ?? 2n) > 1n || identifier?.tag !== 0x06 || more.length > 0) {
    throw keyMalformed('its PKCS#8 envelope is damaged')
  }
  const { content } = identifier
  const isRsa =
    content.length === RSA_ENCRYPTION.length &&
    RSA_ENCRYPTION.every((byte, i) => content[i] === byte)
  if (!isRsa) throw keyTypeUnsupported('a key of another algorithm (EC, Ed25519, RSASSA-PSS, …)')
  if (parameters !== undefined && (parameters.tag !== 5 || parameters.content.length > 0)) {
    throw keyMalformed('its PKCS#8 envelope is damaged')
  }
  const elements = derSequence(privateKey!.content)
  if (elements?.length === 10) throw keyTypeUnsupported('one of more than two primes')
  if (elements?.length !== 9) throw keyMalformed('the key within its PKCS#8 envelope is damaged')
  return fromPkcs1(elements)
}

function fromPkcs1(elements: readonly DerElement[]): RsaPrivateNumbers {
  const values = elements.map(derUnsigned)
  if (values[0] !== 0n || values.includes(undefined)) {
    throw keyMalformed('its numbers are damaged')
  }
  const [, n, e, d, p, q, dp, dq, qi] = values as bigint[]
  return { n, e, d, p, q, dp, dq, qi } as RsaPrivateNumbers
}

function fromJwk(jwk: JsonWebKey): RsaPrivateNumbers {
  if (jwk.kty !== 'RSA') throw keyTypeUnsupported('a JSON Web Key of another type (kty)')
  if (jwk.d === undefined) throw keyError('CRYPTO_KEY_PUBLIC')
  if (jwk.oth !== undefined) throw keyTypeUnsupported('one of more than two primes')
  const number = (name: 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi'): bigint => {
    const text = jwk[name]
    if (typeof text !== 'string' || !/^[\w-]{1,2048}$/.test(text)) {
      throw keyMalformed(
        `the member ${name} of the JSON Web Key is missing or is not base64url: it needs n, e, d, p, q, dp, dq and qi`,
      )
    }
    try {
      return bytesToBigInt(base64UrlToBytes(text))
    } catch (error) {
      if (!hasCode(error, 'CRYPTO_ENCODING_INVALID')) throw error
      throw keyMalformed(`the member ${name} of the JSON Web Key is cut short or damaged`)
    }
  }
  return {
    n: number('n'),
    e: number('e'),
    d: number('d'),
    p: number('p'),
    q: number('q'),
    dp: number('dp'),
    dq: number('dq'),
    qi: number('qi'),
  }
}

function dhParameters(): Error {
  return keyLabelUnexpected(
    'a file of Diffie-Hellman parameters',
    'Give it as the parameters, and as the key the private key that this writes: openssl genrsa -out private.pem 2048',
  )
}
