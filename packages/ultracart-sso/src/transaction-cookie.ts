/**
 * A sealed cookie for edge functions without a store: AES-GCM (NIST SP 800-38D), the cookie's name
 * as associated data. Form: `v1.` and base64url of 12 bytes of nonce, ciphertext and 16 bytes of tag.
 */
import { createOptionReader, type OptionReader, readNow } from '@isoauth/core-client'
import {
  base64UrlToBytes,
  bytesToBase64Url,
  type CryptoKey,
  utf8ToBytes,
} from '@isoauth/core-crypto'
import { newError } from './internal/errors.ts'
import { webCrypto } from './internal/login-transaction.ts'
import {
  checkCookieName,
  createKeeper,
  type TransactionKeeper,
} from './internal/transaction-keeper.ts'

/** The options of {@link createTransactionCookie}. */
export interface TransactionCookieOptions {
  /** AES-GCM keys with the usages encrypt and decrypt: the first seals, each opens (rotation). */
  readonly key: CryptoKey | readonly CryptoKey[]
  /** Must begin with `__Host-`. Default: `__Host-ultracart-login`. */
  readonly cookieName?: string | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

const VERSION = 'v1.'
const NONCE_BYTES = 12

/**
 * Makes a keeper that puts the transaction itself into the cookie, sealed.
 *
 * @throws `UltraCartSsoError` `ULTRACART_SSO_OPTION_INVALID` with the field `option`
 *
 * Security: a cookie alone is not single-use. Who copies both the cookie and the callback's URL can
 * come again until the login's end; what stops them then is that the service takes a code once, and
 * that one client refuses a callback it has seen (in its own process). Where that is not enough, use
 * {@link createTransactionStore}.
 *
 * @example
 * ```ts
 * const secret = base64UrlToBytes(env.LOGIN_COOKIE_KEY) // 32 bytes
 * const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt'])
 * const keeper = createTransactionCookie({ key })
 * ```
 */
export function createTransactionCookie(options: TransactionCookieOptions): TransactionKeeper {
  const read = createOptionReader(options, newError)
  const now = readNow(read)
  const cookieName = checkCookieName(read.value('cookieName'))
  const keys = readKeys(read)
  const parametersOf = (iv: Uint8Array<ArrayBuffer>): AesGcmParams => ({
    name: 'AES-GCM',
    iv,
    additionalData: utf8ToBytes(cookieName),
  })
  return createKeeper({
    cookieName,
    now,
    sharedBy: 'key',
    async put(text) {
      const nonce = webCrypto().getRandomValues(new Uint8Array(NONCE_BYTES))
      const parameters = parametersOf(nonce)
      const sealed = await webCrypto().subtle.encrypt(parameters, keys[0]!, utf8ToBytes(text))
      const joined = new Uint8Array([...nonce, ...new Uint8Array(sealed)])
      return VERSION + bytesToBase64Url(joined)
    },
    async take(value) {
      const bytes = decode(value)
      if (bytes === undefined) return undefined
      const parameters = parametersOf(bytes.slice(0, NONCE_BYTES))
      const opened = await Promise.all(
        keys.map((key) =>
          webCrypto()
            .subtle.decrypt(parameters, key, bytes.slice(NONCE_BYTES))
            .catch((): undefined => undefined),
        ),
      )
      const plain = opened.find((found) => found !== undefined)
      return plain && new TextDecoder().decode(plain)
    },
  })
}

function decode(value: string): Uint8Array<ArrayBuffer> | undefined {
  if (!value.startsWith(VERSION)) return undefined
  try {
    const bytes = new Uint8Array(base64UrlToBytes(value.slice(VERSION.length)))
    return bytes.length > NONCE_BYTES ? bytes : undefined
  } catch {
    return undefined
  }
}

function readKeys(read: OptionReader<TransactionCookieOptions>): readonly globalThis.CryptoKey[] {
  const key: unknown = read.value('key')
  const keys: readonly unknown[] = Array.isArray(key) ? [...key] : [key]
  const [first] = keys
  const isRight = isAesKey(first, 'encrypt') && keys.every((one) => isAesKey(one, 'decrypt'))
  if (isRight) return keys as readonly globalThis.CryptoKey[]
  const form =
    'an AES-GCM CryptoKey with the usages encrypt and decrypt, or an array of them: see crypto.subtle.importKey'
  return read.refuse('key', form)
}

function isAesKey(key: unknown, usage: KeyUsage): boolean {
  // The tag, since the class may be of another realm.
  if (Object.prototype.toString.call(key) !== '[object CryptoKey]') return false
  const { algorithm, usages } = key as globalThis.CryptoKey
  return algorithm.name === 'AES-GCM' && usages.includes(usage)
}
