/** Compact JWS (RFC 7515 section 3.1) with JSON claims: read strictly, RS256 only. */
import { type Call, check } from '../call.ts'
import { type Bytes, fromBase64Url, utf8 } from '../crypto/bytes.ts'
import { verifyRsaSha256 } from '../crypto/rsa.ts'
import { parseObject } from '../json-object.ts'
import type { Client } from './client.ts'

export interface Jws {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** What is signed: header and claims as they stand in the text. */
  readonly signingInput: string
  readonly signature: Bytes
}

/** The parts of a JWS, or what is wrong with its form. */
export function readJws(text: string): Jws | string {
  const parts = text.split('.')
  if (parts.length !== 3) return `it has ${parts.length} parts instead of three`
  const [header = '', claims = '', signature = ''] = parts
  const headerObject = readObject(header)
  if (!headerObject) return 'its header is not a JSON object in unpadded base64url'
  const claimsObject = readObject(claims)
  if (!claimsObject) return 'its claims are not a JSON object in unpadded base64url'
  const bytes = fromBase64Url(signature)
  if (!bytes) return 'its signature is not unpadded base64url'
  return {
    header: headerObject,
    claims: claimsObject,
    signingInput: `${header}.${claims}`,
    signature: bytes,
  }
}

/** Checks header and signature against the client's keys, and that it says to be of that client. */
export async function checkJws(
  call: Call,
  {
    client,
    jws: { header, claims, signingInput, signature },
    refuse,
  }: {
    readonly client: Client
    readonly jws: Jws
    readonly refuse: () => Response
  },
): Promise<void> {
  const { alg, typ, kid, crit } = header
  check(call, alg === 'RS256', {
    name: 'alg',
    detail: 'the header has to say "alg": "RS256"',
    refuse,
  })
  check(call, typ === undefined || typ === 'JWT', {
    name: 'typ',
    detail: 'typ is JWT, or absent',
    refuse,
  })
  check(call, crit === undefined, {
    name: 'crit',
    detail: 'no critical header members are known',
    refuse,
  })
  const key = typeof kid === 'string' ? client.keys.get(kid) : undefined
  const known = [...client.keys.keys()].join(', ')
  check(call, key !== undefined, {
    name: 'kid',
    detail: `kid has to be a key id of this client: ${known}`,
    refuse,
  })
  const message = utf8(signingInput)
  const holds = await verifyRsaSha256(key, signature, message)
  const reason = holds ? undefined : await diagnose(client, signature, message)
  check(call, holds, {
    name: 'signature',
    detail: reason ?? 'RS256 over header and claims',
    refuse,
  })
  check(call, claims['iss'] === client.clientId, {
    name: 'iss',
    detail: 'iss has to be the client id',
    refuse,
  })
}

async function diagnose(client: Client, signature: Bytes, message: Bytes): Promise<string> {
  if (signature.length === 0) return 'it is empty'
  for (const [kid, key] of client.keys) {
    if (await verifyRsaSha256(key, signature, message)) return `it was made with the key ${kid}`
  }
  return 'it was not made over this header and these claims with the registered key'
}

function readObject(part: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = fromBase64Url(part)
  if (!bytes) return undefined
  try {
    return parseObject(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    // No UTF-8.
    return undefined
  }
}
