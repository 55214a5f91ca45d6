/** Values that stand wherever a secret can: none of them may ever show, nor a part of one. */
import { rsaKey } from '../vectors.ts'

export const TOKEN = 'marked-Access-Token-7Kq'
export const BODY = 'marked-Body-Text-4Wz'
export const VERIFIER = 'marked-Verifier-9Rn'
export const SESSION = '5e551011d5e55a3c'
export const COOKIE = 'marked-Cookie-2Jx'
export const LINK_ID = 'marked-Link-Id-6Vb'
export const KEY = 'Rq7-AppZx-41kVmN'
export const USER_KEY = 'uT9-perSon-Hj26sWe'
export const CODE = 'c0De-Yb83-FgLq'

/** A line in the middle of a key file. */
const lineOf = (pem: string) => pem.split('\n')[5] ?? pem

export const MARKS: readonly string[] = [
  ...[TOKEN, BODY, VERIFIER, SESSION, COOKIE, LINK_ID, KEY, USER_KEY, CODE],
  ...['signature', 'encryption'].flatMap((name) => {
    const { pkcs1Pem, pkcs8Pem } = rsaKey(name)
    return [lineOf(pkcs1Pem), lineOf(pkcs8Pem)]
  }),
]

/** What a request held: as text to repeat, and the secrets in it. */
export interface Sent {
  readonly text: string
  readonly secrets: readonly string[]
}

/** Reads a request as a service would that repeats all it was sent. */
export async function sentBy(input: unknown, init?: RequestInit): Promise<Sent> {
  const headers = new Headers(init?.headers)
  const body =
    typeof init?.body === 'string' ? init.body : new TextDecoder().decode(bytesOf(init?.body))
  const authorization = headers.get('authorization') ?? ''
  const quoted = [...authorization.matchAll(/="([^"]{16,})"/g)].map(([, value = '']) => value)
  const jws = [authorization, body].flatMap(
    (text) => text.match(/[\w-]{16,}\.[\w-]{16,}\.[\w-]{16,}/g) ?? [],
  )
  const secrets = [...jws.flatMap((text) => text.split('.')), ...quoted.filter(isSecret)]
  const cookie = headers.get('cookie') ?? ''
  const key = headers.get('x-ultracart-simple-key') ?? ''
  return { text: [input, authorization, body, cookie, key].join(' '), secrets }
}

/** The words of the protocol are as long as secrets. */
const isSecret = (value: string) => !/^(RSA|HMAC)-SHA256$|^https?/.test(value)

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body
  return body instanceof ArrayBuffer ? new Uint8Array(body) : new Uint8Array()
}

/** An answer that repeats what was sent wherever a service says something. */
export function echo(
  status: number,
  { text }: Sent,
  headers: Readonly<Record<string, string>> = {},
) {
  const said = { error: text, error_description: text, title: text, detail: text, message: text }
  const problem = { ...said, fail: text, invalidArguments: [{ field: text, reason: text }] }
  return new Response(JSON.stringify(problem), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/** An exception that carries the whole request, as those of other libraries do. */
export function carrying({ text }: Sent): Error {
  const cause = Object.assign(new Error(text), { request: text })
  return Object.assign(new TypeError(`failed: ${text}`, { cause }), { config: { text } })
}
