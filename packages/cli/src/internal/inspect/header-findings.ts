/** Faults that the header shows by itself: form, escaping, names, times. No key is needed. */
import { base64ToBytes } from '@isoauth/core-crypto'
import { percentEncode } from '@isoauth/ibkr-oauth1/signing'
import { decode, type HeaderPair, type ParsedHeader, pairOf } from './authorization-header.ts'
import { type Finding, fault, note } from './finding.ts'
import {
  kindOf,
  type RequestKind,
  type RequestToInspect,
  type ServerKnowledge,
  signatureMethodOf,
} from './request.ts'

const COMMON = [
  'oauth_consumer_key',
  'oauth_nonce',
  'oauth_signature',
  'oauth_signature_method',
  'oauth_timestamp',
] as const

const REQUIRED: Readonly<Record<RequestKind, readonly string[]>> = {
  request_token: [...COMMON, 'oauth_callback'],
  access_token: [...COMMON, 'oauth_token', 'oauth_verifier'],
  live_session_token: [...COMMON, 'oauth_token', 'diffie_hellman_challenge'],
  'protected resource': [...COMMON, 'oauth_token'],
}

const CLOCK_WINDOW_SECONDS = 120

/** As a sentence has it. */
function asked(kind: RequestKind): string {
  return kind === 'protected resource' ? 'a protected resource' : kind
}

export function headerFindings(
  request: RequestToInspect,
  header: ParsedHeader,
  knowledge: ServerKnowledge,
): Finding[] {
  const kind = kindOf(request.url)
  return [
    ...formFindings(header),
    ...nameFindings(header, kind),
    ...methodFindings(request, header, kind),
    ...consumerFindings(header, knowledge),
    ...timeFindings(header, request.sentAtMs),
    ...signatureFindings(header, kind),
    ...valueFindings(header),
  ]
}

function formFindings({ scheme, strange }: ParsedHeader): Finding[] {
  const found: Finding[] = []
  if (scheme !== 'OAuth') {
    const [title, cause, remedy]: readonly [string, string, string] =
      scheme === ''
        ? [
            'The header Authorization is missing',
            'The request was sent without a signature, or was copied without this header.',
            'Send OAuth, one blank, then the pairs; copy the request with all its headers.',
          ]
        : [
            'The header does not begin with "OAuth "',
            'Another kind of authorization was sent, or the scheme was left out.',
            'Write OAuth, one blank, then the pairs.',
          ]
    found.push(
      fault('scheme', title, cause, remedy, { of: 'scheme', yours: scheme, expected: 'OAuth' }),
    )
  }
  for (const piece of strange) {
    found.push(
      fault(
        'pair-form',
        'A piece of the header is not name="value"',
        `It begins with "${piece.slice(0, 24)}". A quote is missing, or a raw comma or quote stands in a value.`,
        'Percent-encode each value and put it in straight double quotes.',
      ),
    )
  }
  return found
}

function nameFindings({ pairs }: ParsedHeader, kind: RequestKind): Finding[] {
  const found: Finding[] = []
  const names = pairs.map(({ name }) => name)
  for (const name of REQUIRED[kind]) {
    if (pairs.some((pair) => pair.name === name && pair.value !== '')) continue
    found.push(
      fault(
        'parameter-missing',
        `${name} is missing`,
        `A request for ${asked(kind)} needs it in header and base string.`,
        `Add ${name} to the parameters before they are signed.`,
      ),
    )
  }
  for (const name of doubledOf(names)) {
    found.push(
      fault(
        'parameter-twice',
        `${name} is there twice`,
        'The header was built from two lists, or extended after it was signed.',
        'Send each parameter once.',
      ),
    )
  }
  const { value: realm } = pairs.find(({ name }) => name === 'realm') ?? {}
  if (realm === undefined) {
    found.push(
      fault(
        'realm-missing',
        'realm is missing',
        'It is not signed, and so is easily forgotten; the broker finds the consumer by it.',
        'Put realm="limited_poa" first in the header.',
      ),
    )
  } else if (!['limited_poa', 'test_realm'].includes(realm)) {
    found.push(
      note(
        'realm-unusual',
        `The realm is "${realm.slice(0, 40)}"`,
        'The broker uses limited_poa, and test_realm for TESTCONS only.',
        'Use limited_poa unless the broker told you another.',
      ),
    )
  }
  return found
}

function methodFindings(
  { method, url }: RequestToInspect,
  header: ParsedHeader,
  kind: RequestKind,
): Finding[] {
  const found: Finding[] = []
  const wanted = signatureMethodOf(kind)
  const given = pairOf(header, 'oauth_signature_method')?.value
  if (given !== undefined && given !== wanted) {
    found.push(
      fault(
        'signature-method',
        'oauth_signature_method is another than this call needs',
        'RSA-SHA256 belongs to the calls below /oauth, HMAC-SHA256 to all others.',
        `Sign a request for ${asked(kind)} with ${wanted}.`,
        { of: 'oauth_signature_method', yours: given, expected: wanted },
      ),
    )
  }
  if (kind === 'protected resource') return found
  if (method.toUpperCase() !== 'POST') {
    found.push(
      fault(
        'method',
        `${kind} is asked for with POST`,
        'The HTTP library fell back to GET, as many do without a body.',
        'Send POST with an empty body (Content-Length: 0).',
        { of: 'method', yours: method, expected: 'POST' },
      ),
    )
  }
  if (url.includes('?')) {
    found.push(
      fault(
        'query',
        `${kind} takes no query`,
        'The OAuth parameters travel in the header.',
        'Leave everything from the question mark out of the address.',
      ),
    )
  }
  return found
}

function consumerFindings(header: ParsedHeader, { consumerKey }: ServerKnowledge): Finding[] {
  const given = pairOf(header, 'oauth_consumer_key')?.value
  if (given === undefined) return []
  const stored = given.trim().toUpperCase()
  if (given !== stored) {
    return [
      fault(
        'consumer-key-case',
        'The consumer key has small letters or blanks',
        'The portal stores it in capitals whatever was typed; a copied blank counts too. The broker answers "invalid consumer".',
        'Send the key as the portal shows it.',
        { of: 'oauth_consumer_key', yours: given, expected: consumerKey ?? stored },
      ),
    ]
  }
  if (consumerKey === undefined || consumerKey === given) return []
  return [
    fault(
      'consumer-key-other',
      'The consumer key is not the registered one',
      'Live and paper users have keys of their own.',
      'Use the key that was shown for this user.',
      { of: 'oauth_consumer_key', yours: given, expected: consumerKey },
    ),
  ]
}

function timeFindings(header: ParsedHeader, sentAtMs: number | undefined): Finding[] {
  const found: Finding[] = []
  const { value: timestamp } = pairOf(header, 'oauth_timestamp') ?? {}
  if (timestamp !== undefined && !/^\d{10}$/.test(timestamp)) {
    const isMilliseconds = /^\d{13}$/.test(timestamp)
    found.push(
      fault(
        isMilliseconds ? 'timestamp-milliseconds' : 'timestamp-form',
        isMilliseconds ? 'oauth_timestamp is in milliseconds' : 'oauth_timestamp is not ten digits',
        'It has to be whole seconds since 1970, as text.',
        'Divide by 1000 and round down: Math.floor(Date.now() / 1000).',
        isMilliseconds
          ? { of: 'oauth_timestamp', yours: timestamp, expected: timestamp.slice(0, 10) }
          : undefined,
      ),
    )
  } else if (timestamp !== undefined && sentAtMs !== undefined) {
    const seconds = Math.round(Number(timestamp) - sentAtMs / 1000)
    if (Math.abs(seconds) > CLOCK_WINDOW_SECONDS) {
      found.push(
        fault(
          'clock-off',
          `The clock was ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead'}`,
          'The machine that signed has another time than the server, or the header was kept and sent later.',
          "Set the clock, or correct it by the answer's Date header; sign each request when it is sent.",
          {
            of: 'oauth_timestamp',
            yours: timestamp,
            expected: String(Math.floor(sentAtMs / 1000)),
          },
        ),
      )
    }
  }
  const { value: nonce } = pairOf(header, 'oauth_nonce') ?? {}
  if (nonce !== undefined && !/^[A-Za-z0-9]+$/.test(nonce)) {
    found.push(
      note(
        'nonce-form',
        'oauth_nonce has other characters than letters and digits',
        "The vendor's own library does not decode header values.",
        'Make it of 16 random bytes in hex.',
      ),
    )
  }
  return found
}

function signatureFindings(header: ParsedHeader, kind: RequestKind): Finding[] {
  const pair = pairOf(header, 'oauth_signature')
  if (pair === undefined || pair.raw === '') return []
  const { raw, value } = pair
  const compare = (expected: string) => ({ of: 'oauth_signature', yours: raw, expected })
  if (/[+/=]/.test(raw)) {
    return [
      fault(
        'signature-raw',
        'The signature stands raw in the header',
        "A raw = makes the vendor's library drop the whole parameter, and a raw + may be read as a blank.",
        'Percent-encode the base64: + is %2B, / is %2F, = is %3D.',
        compare(percentEncode(decode(raw))),
      ),
    ]
  }
  if (/%25[0-9A-Fa-f]{2}/.test(raw)) {
    return [
      fault(
        'signature-escaped-twice',
        'The signature is percent-encoded twice',
        'It was encoded where it was made, and again where the header was written.',
        'Encode it once, when the header is written.',
        compare(raw.replace(/%25([0-9A-Fa-f]{2})/g, '%$1')),
      ),
    ]
  }
  if (/\s/.test(value)) {
    return [
      fault(
        'signature-line-breaks',
        'The base64 of the signature has line breaks or blanks',
        'Some encoders break lines after 64 or 76 characters (MIME); or a + was decoded to a blank.',
        'Use an encoder that writes one line, or strip the whitespace.',
        compare(percentEncode(value.replace(/\s/g, ''))),
      ),
    ]
  }
  return signatureLengthFindings(pair, kind)
}

function signatureLengthFindings({ raw, value }: HeaderPair, kind: RequestKind): Finding[] {
  if (/[-_]/.test(value)) {
    const usual = value.replaceAll('-', '+').replaceAll('_', '/')
    return [
      fault(
        'signature-base64url',
        'The signature is base64url, not base64',
        'The encoder for JWTs writes - and _ in the place of + and /.',
        'Use the standard alphabet with padding, then percent-encode.',
        { of: 'oauth_signature', yours: raw, expected: percentEncode(usual) },
      ),
    ]
  }
  const length = base64Length(value)
  const isRsa = signatureMethodOf(kind) === 'RSA-SHA256'
  if (length !== undefined && (isRsa ? length >= 256 : length === 32)) return []
  const cause =
    length === 20
      ? 'SHA-1 gives 20 bytes: HMAC-SHA1 was used where HMAC-SHA256 is wanted.'
      : /^[0-9a-f]+$/i.test(value)
        ? 'The bytes were written in hex.'
        : 'It is cut off, has no padding, or was made by another algorithm.'
  return [
    fault(
      'signature-length',
      `The signature is not base64 of ${isRsa ? 'as many bytes as the key has' : '32 bytes'}`,
      cause,
      `Send padded base64 of the bytes that ${signatureMethodOf(kind)} gives.`,
    ),
  ]
}

/** The values but for the signature, whose text in the header is what the server signs over. */
function valueFindings({ pairs }: ParsedHeader): Finding[] {
  return pairs
    .filter(({ name }) => !['realm', 'oauth_signature'].includes(name))
    .flatMap(({ name, raw, value }) => {
      if (percentEncode(value) === raw) return []
      const difference = { of: name, yours: raw, expected: percentEncode(value) }
      const isRaw = /[^A-Za-z0-9\-._~%]/.test(raw)
      return [
        fault(
          isRaw ? 'value-raw' : 'value-escaping',
          `${name} is ${isRaw ? 'not percent-encoded' : 'percent-encoded in another way'}`,
          isRaw
            ? 'Characters such as : / = stand raw in it.'
            : 'Its escapes are in small letters, or encode letters and digits.',
          'Encode everything but A-Z a-z 0-9 - . _ ~ as %XX in capitals.',
          difference,
        ),
      ]
    })
}

function base64Length(text: string): number | undefined {
  try {
    return text.length % 4 === 0 ? base64ToBytes(text).length : undefined
  } catch {
    return undefined
  }
}

/** The names that stand in a list more than once; in one pass, since a header may have very many. */
function doubledOf(names: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const doubled = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) doubled.add(name)
    seen.add(name)
  }
  return doubled
}
