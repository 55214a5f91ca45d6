/** A small client of the tests' own: WebCrypto and BigInt, nothing of the packages. */
import { createSandbox, type IbkrOAuth1Credentials } from '@isoauth/sandbox'
import { rightSigner } from '../../../tests/support/signatures.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'

type Pairs = Record<string, string>
type Send = (url: string, init: RequestInit) => Promise<Response>

export interface SignOptions {
  readonly method?: string
  readonly url: string
  readonly realm?: string
  /** Overrides or adds parameters; an empty string removes one. */
  readonly parameters?: Pairs
  readonly now?: number
  readonly prefix?: string
  /** Changes the base string before it is signed. */
  readonly tamper?: (base: string) => string
  /** Changes the finished header. */
  readonly header?: (text: string) => string
  /** Query pairs to sign as they stand. */
  readonly signQuery?: readonly (readonly [string, string])[]
}

export const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )

export const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

export const bytesOfHex = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

export const bytesOfBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base % modulus
  for (const bit of [...exponent.toString(2)].reverse()) {
    if (bit === '1') result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

function nonce(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)))
}

/** `OAuth …` for the parameters, signed by `sign`. */
export async function authorize(
  credentials: Pick<IbkrOAuth1Credentials, 'consumerKey' | 'realm'>,
  options: SignOptions,
  signatureMethod: string,
  sign: (base: string) => Promise<Uint8Array>,
): Promise<{ header: string; base: string; pairs: Pairs }> {
  const url = new URL(options.url)
  const pairs: Pairs = {
    oauth_consumer_key: credentials.consumerKey,
    oauth_nonce: nonce(),
    oauth_signature_method: signatureMethod,
    oauth_timestamp: String(Math.floor((options.now ?? Date.now()) / 1000)),
    ...options.parameters,
  }
  for (const [name, value] of Object.entries(pairs)) if (value === '') delete pairs[name]
  const list = [...Object.entries(pairs), ...(options.signQuery ?? [])]
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const plain = `${options.prefix ?? ''}${options.method ?? 'GET'}&${encode(url.origin + url.pathname)}&${encode(list)}`
  const base = options.tamper?.(plain) ?? plain
  pairs['oauth_signature'] = encode(base64(await sign(base)))
  pairs['realm'] = options.realm ?? credentials.realm
  const header = `OAuth ${Object.keys(pairs)
    .sort()
    .map((name) => `${name}="${pairs[name]}"`)
    .join(', ')}`
  return { header: options.header?.(header) ?? header, base, pairs }
}

export async function rsaSigner(pem: string): Promise<(base: string) => Promise<Uint8Array>> {
  const der = bytesOfBase64(pem.replaceAll(/-----[^-]+-----|\s/g, ''))
  const sign = await rightSigner('pkcs8', der)
  return (base) => sign(new TextEncoder().encode(base))
}

export async function hmac(
  hash: string,
  key: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash }, false, [
    'sign',
  ])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, message))
}

const opened = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()

/** What the ciphertext holds: a power of 2048 bits, made once for all tests of the same credentials. */
export async function decryptSecret(
  pem: string,
  ciphertext: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const name = pem + ciphertext
  const secret = opened.get(name) ?? openSecret(pem, ciphertext)
  opened.set(name, secret)
  return (await secret).slice()
}

/** Opens RSAES-PKCS1-v1_5 with the numbers of a JWK export. */
async function openSecret(pem: string, ciphertext: string): Promise<Uint8Array<ArrayBuffer>> {
  const der = bytesOfBase64(pem.replaceAll(/-----[^-]+-----|\s/g, ''))
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign'])
  const jwk = await crypto.subtle.exportKey('jwk', key)
  const number = (text = '') =>
    BigInt(
      `0x${hex(
        bytesOfBase64(
          text
            .replaceAll('-', '+')
            .replaceAll('_', '/')
            .padEnd(Math.ceil(text.length / 4) * 4, '='),
        ),
      )}`,
    )
  const value = power(BigInt(`0x${hex(bytesOfBase64(ciphertext))}`), number(jwk.d), number(jwk.n))
  const block = bytesOfHex(value.toString(16).padStart(512, '0'))
  if (block[0] !== 0 || block[1] !== 2) throw new Error('padding')
  return block.slice(block.indexOf(0, 2) + 1)
}

/** The `PUBLIC KEY` block that belongs to a private one. */
export async function publicPem(privatePem: string): Promise<string> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const der = Uint8Array.from(atob(privatePem.replaceAll(/-----[^-]+-----|\s/g, '')), (c) =>
    c.charCodeAt(0),
  )
  const key = await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign'])
  const { kty, n, e } = await crypto.subtle.exportKey('jwk', key)
  const jwk = { kty, n, e } as JsonWebKey
  const open = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['verify'])
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', open))
  return `-----BEGIN PUBLIC KEY-----\n${btoa(String.fromCharCode(...spki))}\n-----END PUBLIC KEY-----\n`
}

/** A client with a live session token. */
export class TestClient {
  token: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  keyLength = 0
  readonly credentials: IbkrOAuth1Credentials
  readonly #send: Send

  constructor(credentials: IbkrOAuth1Credentials, send: Send) {
    this.credentials = credentials
    this.#send = send
  }

  /** Sends the live session token request as it is configured to be. */
  async requestToken(
    options: Partial<SignOptions> & { readonly exponent?: bigint; readonly body?: BodyInit } = {},
  ): Promise<{ response: Response; secret: Uint8Array<ArrayBuffer>; exponent: bigint }> {
    const { credentials } = this
    const exponent = options.exponent ?? BigInt(`0x${nonce()}${nonce()}`)
    const secret = await decryptSecret(credentials.encryptionKey, credentials.accessTokenSecret)
    const url = options.url ?? `${credentials.baseUrl}/oauth/live_session_token`
    const { header } = await authorize(
      credentials,
      {
        prefix: hex(secret),
        method: 'POST',
        ...options,
        url,
        parameters: {
          oauth_token: credentials.accessToken,
          diffie_hellman_challenge: power(
            2n,
            exponent,
            BigInt(`0x${credentials.dhPrime}`),
          ).toString(16),
          ...options.parameters,
        },
      },
      'RSA-SHA256',
      await rsaSigner(credentials.signatureKey),
    )
    const response = await this.#send(url, {
      method: 'POST',
      headers: {
        authorization: header,
        ...(options.body ? { 'content-type': 'application/json' } : {}),
      },
      ...(options.body ? { body: options.body } : {}),
    })
    return { response, secret, exponent }
  }

  /** The whole handshake; throws when the server's signature does not hold. */
  async handshake(
    options: Partial<SignOptions> & { readonly exponent?: bigint } = {},
  ): Promise<number> {
    const { response, secret, exponent } = await this.requestToken(options)
    if (response.status !== 200)
      throw new Error(`status ${response.status}: ${await response.text()}`)
    const body = await response.json()
    const prime = BigInt(`0x${this.credentials.dhPrime}`)
    let digits = power(BigInt(`0x${body.diffie_hellman_response}`), exponent, prime).toString(16)
    if (digits.length % 2 === 1) digits = `0${digits}`
    if (Number.parseInt(digits[0] ?? '0', 16) >= 8) digits = `00${digits}`
    this.keyLength = digits.length / 2
    this.token = await hmac('SHA-1', bytesOfHex(digits), secret)
    const check = await hmac(
      'SHA-1',
      this.token,
      new TextEncoder().encode(this.credentials.consumerKey),
    )
    if (hex(check) !== body.live_session_token_signature) throw new Error('signature of the server')
    return body.live_session_token_expiration
  }

  /** Signs and sends a protected request. */
  async call(
    path: string,
    init: RequestInit = {},
    options: Partial<SignOptions> = {},
  ): Promise<Response> {
    const url = options.url ?? this.credentials.baseUrl + path
    const { header } = await authorize(
      this.credentials,
      {
        method: init.method ?? 'GET',
        ...options,
        url,
        parameters: { oauth_token: this.credentials.accessToken, ...options.parameters },
      },
      'HMAC-SHA256',
      (base) => hmac('SHA-256', this.token, new TextEncoder().encode(base)),
    )
    const headers = new Headers(init.headers)
    headers.set('authorization', header)
    return this.#send(this.credentials.baseUrl + path, { ...init, headers })
  }
}

/** A sandbox with the test credentials, and a client that has its live session token. */
export async function startHandshaken() {
  const sandbox = await createSandbox({ credentials: testCredentials })
  const client = new TestClient(sandbox.credentials.ibkr.oauth1, sandbox.fetch)
  await client.handshake()
  return { sandbox, client }
}
