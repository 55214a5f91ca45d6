/**
 * Verification of HMAC-SHA256 signatures on protected resources.
 *
 * Working clients treat the query in different ways. Three are accepted and named in the record;
 * the others are recognised, named and refused.
 */
import { type Call, check } from '../call.ts'
import { type Bytes, fromBase64, utf8 } from '../crypto/bytes.ts'
import { verifyHmac } from '../crypto/hmac.ts'
import type { BaseStringEncoder, QuerySigning } from '../request-record.ts'
import { type BaseStringInput, signatureBaseString } from './base-string.ts'
import type { LiveSessionToken } from './consumer.ts'

export interface HmacVerification {
  readonly signature: string
  readonly input: Omit<BaseStringInput, 'origin'>
  readonly origins: readonly string[]
  /** The tokens that count, newest first. */
  readonly tokens: readonly LiveSessionToken[]
  /** Tokens that were replaced, to name that mistake. */
  readonly replaced: readonly LiveSessionToken[]
  readonly refuse: () => Response
}

const ACCEPTED: readonly QuerySigning[] = ['omit', 'wire', 'decoded']
const REFUSED: readonly QuerySigning[] = ['urlWithQuery', 'rfc5849']
const ENCODERS: readonly BaseStringEncoder[] = [
  'rfc3986',
  'java',
  'quotePlus',
  'encodeURIComponent',
]

export async function checkHmacSignature(
  call: Call,
  request: HmacVerification,
): Promise<LiveSessionToken> {
  const { refuse } = request
  const signature = fromBase64(request.signature)
  if (signature?.length !== 32) {
    const text = /%[0-9A-F]{2}/i.test(request.signature)
      ? 'it is percent-encoded twice'
      : 'it is not padded base64 of 32 bytes'
    check(call, false, { name: 'signature', detail: text, refuse })
  }
  for (const token of request.tokens) {
    for (const candidate of candidates(request, ACCEPTED)) {
      if (!(await verifyHmac(token.hmacKey, signature, utf8(candidate.base)))) continue
      note(call, candidate, hasQuery(request))
      check(call, true, { name: 'signature', detail: 'HMAC-SHA256 over the base string', refuse })
      return token
    }
  }
  check(call, false, {
    name: 'signature',
    detail: await diagnose(call, request, signature),
    refuse,
  })
}

interface Candidate {
  readonly base: string
  readonly origin: string
  readonly querySigning: QuerySigning
  readonly encoder: BaseStringEncoder
}

/** Distinct base strings, the commonest treatment first. */
function candidates(
  { input, origins }: HmacVerification,
  strategies: readonly QuerySigning[],
): Candidate[] {
  const found = new Map<string, Candidate>()
  for (const encoder of ENCODERS) {
    for (const querySigning of strategies) {
      for (const origin of origins) {
        const base = signatureBaseString({ ...input, origin }, querySigning, encoder)
        if (!found.has(base)) found.set(base, { base, origin, querySigning, encoder })
      }
    }
  }
  return [...found.values()]
}

function note(call: Call, candidate: Candidate, query: boolean): void {
  call.record.signedOrigin = candidate.origin
  call.record.querySigning = query ? candidate.querySigning : null
  call.record.encoder = candidate.encoder
}

function hasQuery({ input }: HmacVerification): boolean {
  return input.query !== undefined || input.form !== undefined
}

async function diagnose(call: Call, request: HmacVerification, signature: Bytes): Promise<string> {
  const { input, tokens, replaced, origins } = request
  const signed = async (key: CryptoKey, variant: HmacVerification, names = ACCEPTED) => {
    for (const candidate of candidates(variant, names)) {
      if (await verifyHmac(key, signature, utf8(candidate.base))) return candidate
    }
    return undefined
  }
  for (const { hmacKey, textHmacKey } of tokens) {
    const refused = await signed(hmacKey, request, REFUSED)
    if (refused) {
      note(call, refused, true)
      return `the query was signed as "${refused.querySigning}", which the broker does not document`
    }
    if (await signed(textHmacKey, request)) {
      return 'the base64 text of the live session token was the key; its 20 bytes must be'
    }
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD']) {
      if (method === input.method) continue
      if (await signed(hmacKey, { ...request, input: { ...input, method } })) {
        return `the base string was made for ${method}, the request was ${input.method}`
      }
    }
    const host = call.request.headers.get('host') ?? new URL(call.request.url).host
    const foreign = ['http', 'https'].map((scheme) => `${scheme}://${host}`)
    const candidate = await signed(hmacKey, { ...request, origins: foreign })
    if (candidate) return `the URL was signed with the origin ${candidate.origin}, not configured`
  }
  for (const { hmacKey } of replaced) {
    if (await signed(hmacKey, request)) return 'the live session token was replaced by a newer one'
  }
  const base = signatureBaseString({ ...input, origin: origins[0] ?? '' }, 'omit')
  return `it does not match; expected base string: ${base}`
}
