/** Registration of consumers, by the rules of the broker's portal. */

import { randomBytes, toBase64 } from '../crypto/bytes.ts'
import { readDhParameters } from '../crypto/dh.ts'
import { encryptPkcs1v15, readRsaPublicKey } from '../crypto/rsa.ts'
import { isLoopback } from '../loopback.ts'
import { type ConsumerKeys, keepAccessToken } from './consumer.ts'
import type { IbkrOAuth1Context } from './context.ts'
import { freshToken } from './credentials.ts'

export interface RegistrationForm {
  readonly consumerKey: string
  /** PEM public keys. */
  readonly signaturePublicKey: string
  readonly encryptionPublicKey: string
  /** PEM. */
  readonly dhParameters: string
  /** Makes it a third-party consumer; empty for a first party. */
  readonly callback: string
}

export interface Registration {
  readonly consumerKey: string
  readonly realm: string
  readonly accessToken?: string
  readonly accessTokenSecret?: string
  readonly callback?: string
}

export interface RegistrationProblem {
  readonly field: keyof RegistrationForm
  readonly problem: string
}

const CONSUMER_LIMIT = 1000
const PRIVATE_KEY =
  'this is a PRIVATE key. It was not stored. Private keys never leave your machine: upload the ' +
  'public one (openssl rsa -in private.pem -pubout), and make a new pair if this one is in use'

export async function register(
  context: IbkrOAuth1Context,
  form: RegistrationForm,
): Promise<Registration | RegistrationProblem> {
  const leak = FIELDS.find((field) => looksPrivate(form[field]))
  if (leak) return { field: leak, problem: PRIVATE_KEY }
  // The portal stores the key in upper case, whatever was typed.
  const consumerKey = form.consumerKey.toUpperCase()
  if (!/^[A-Z]{9}$/.test(consumerKey)) {
    return { field: 'consumerKey', problem: 'nine letters, A to Z, without blanks' }
  }
  const { consumers } = context.registry
  if (consumers.has(consumerKey)) return { field: 'consumerKey', problem: 'it is already taken' }
  if (consumers.size >= CONSUMER_LIMIT) {
    return { field: 'consumerKey', problem: 'this sandbox has too many consumers; restart it' }
  }
  if (form.callback !== '' && !isCallback(form.callback)) {
    return { field: 'callback', problem: 'an absolute URL, https unless on loopback' }
  }
  const keys = await readKeys(form)
  if ('field' in keys) return keys
  return store(context, { consumerKey, keys, callback: form.callback })
}

const FIELDS: readonly (keyof RegistrationForm)[] = [
  'consumerKey',
  'signaturePublicKey',
  'encryptionPublicKey',
  'dhParameters',
  'callback',
]

async function readKeys(form: RegistrationForm): Promise<ConsumerKeys | RegistrationProblem> {
  const signatureKey = await readRsaPublicKey(form.signaturePublicKey)
  if (typeof signatureKey === 'string') {
    return { field: 'signaturePublicKey', problem: signatureKey }
  }
  const encryptionKey = await readRsaPublicKey(form.encryptionPublicKey)
  if (typeof encryptionKey === 'string') {
    return { field: 'encryptionPublicKey', problem: encryptionKey }
  }
  if (signatureKey.modulus === encryptionKey.modulus) {
    return { field: 'encryptionPublicKey', problem: 'it has to differ from the signature key' }
  }
  const dhParameters = readDhParameters(form.dhParameters)
  if (typeof dhParameters === 'string') return { field: 'dhParameters', problem: dhParameters }
  return { signatureKey, encryptionKey, dhParameters }
}

function store(
  { registry }: IbkrOAuth1Context,
  {
    consumerKey,
    keys,
    callback,
  }: {
    readonly consumerKey: string
    readonly keys: ConsumerKeys
    readonly callback: string
  },
): Registration {
  const realm = 'limited_poa'
  const kind = callback === '' ? 'first-party' : 'third-party'
  registry.consumers.set(consumerKey, {
    ...keys,
    consumerKey,
    realm,
    kind,
    callback: callback === '' || callback === 'oob' ? undefined : callback,
    nonces: new Map(),
  })
  if (kind === 'third-party') return { consumerKey, realm, callback }
  const secret = randomBytes(20)
  const accessToken = freshToken()
  keepAccessToken(registry, { token: accessToken, consumerKey, secret })
  const accessTokenSecret = toBase64(encryptPkcs1v15(keys.encryptionKey, secret))
  return { consumerKey, realm, accessToken, accessTokenSecret }
}

function looksPrivate(text: string): boolean {
  return /PRIVATE KEY/i.test(text) || /"(?:d|p|q)"\s*:/.test(text)
}

/** `oob` registers a third party without a callback: its verifiers are shown on the page. */
function isCallback(text: string): boolean {
  if (text === 'oob') return true
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}
