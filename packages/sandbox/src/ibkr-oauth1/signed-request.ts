/** The OAuth parameters of a request, from the header or (legacy base only) from a JSON body. */
import { type Call, check } from '../internal/call.ts'
import {
  disagreement,
  isCanonicallyEscaped,
  readAsRfc5849,
  readAsVendor,
  type WirePair,
} from './authorization-header.ts'
import { percentDecode, percentEncode } from './percent-encoding.ts'

export interface SignedParameters {
  /** Without realm and signature, as they stand in the header. */
  readonly pairs: readonly WirePair[]
  /** Decoded values by name, realm and signature included. */
  readonly values: ReadonlyMap<string, string>
}

export interface ParameterRules {
  readonly required: readonly string[]
  readonly optional: readonly string[]
  /** The answer for a request that carries no usable OAuth parameters. */
  readonly unauthenticated: () => Response
  /** The answer for a parameter that is missing, unexpected or there twice. */
  readonly malformed: (text: string) => Response
}

const NAME = /^(?:oauth_[a-z_]+|diffie_hellman_challenge|realm)$/

/** Reads, checks and names what is there; ends the request with a refusal otherwise. */
export async function readSignedParameters(
  call: Call,
  rules: ParameterRules,
  legacy: boolean,
): Promise<SignedParameters> {
  const header = call.request.headers.get('authorization')
  const pairs =
    header === null && legacy ? await fromJsonBody(call, rules) : fromHeader(call, header, rules)
  const values = new Map<string, string>()
  for (const [name, text] of pairs) {
    if (values.has(name)) {
      check(call, 'parameters', false, `${name} is there twice`, () =>
        rules.malformed(`duplicate parameter ${name}`),
      )
    }
    // Malformed escapes were refused as a disagreement of the two readings.
    values.set(name, percentDecode(text) ?? text)
  }
  checkNames(call, values, rules)
  return {
    values,
    pairs: pairs.filter(([name]) => name !== 'realm' && name !== 'oauth_signature'),
  }
}

function fromHeader(call: Call, header: string | null, rules: ParameterRules): WirePair[] {
  check(call, 'header', header !== null, 'an Authorization header', rules.unauthenticated)
  const rfc = readAsRfc5849(header)
  if (typeof rfc === 'string') {
    check(call, 'header', false, rfc, rules.unauthenticated)
    return []
  }
  const reason = disagreement(rfc, readAsVendor(header))
  check(
    call,
    'readings',
    reason === undefined,
    reason ?? 'RFC 5849 and the vendor read the same',
    rules.unauthenticated,
  )
  call.record.parameterTransport = 'header'
  return rfc
}

async function fromJsonBody(call: Call, rules: ParameterRules): Promise<WirePair[]> {
  const body = parseObject(await call.body())
  const pairs: WirePair[] = []
  for (const [name, value] of Object.entries(body ?? {})) {
    if (!NAME.test(name) || (typeof value !== 'string' && typeof value !== 'number')) continue
    const text = String(value)
    // Either form may stand in JSON; what is signed is the text that a header would carry.
    pairs.push([name, isCanonicallyEscaped(text) ? text : percentEncode(text)])
  }
  check(
    call,
    'header',
    pairs.length > 0,
    'an Authorization header, or OAuth parameters in a JSON body',
    rules.unauthenticated,
  )
  const type = call.request.headers.get('content-type') ?? ''
  check(call, 'content-type', /^application\/json\b/i.test(type), 'application/json', () =>
    rules.malformed('content type must be application/json'),
  )
  call.record.parameterTransport = 'json-body'
  return pairs
}

function checkNames(
  call: Call,
  values: ReadonlyMap<string, string>,
  { required, optional, malformed }: ParameterRules,
): void {
  const expected = ['realm', 'oauth_signature', ...required]
  // The realm belongs to the header (RFC 5849 section 3.5.1); a JSON body may leave it out.
  const bare = call.record.parameterTransport === 'json-body'
  const missing = expected.filter((name) => !values.get(name) && !(bare && name === 'realm'))
  check(
    call,
    'parameters',
    missing.length === 0,
    missing.length === 0 ? 'each is there once' : `${missing.join(', ')} missing`,
    () => malformed(`missing parameter ${missing[0]}`),
  )
  const strange = [...values.keys()].filter(
    (name) => !expected.includes(name) && !optional.includes(name),
  )
  if (strange.length > 0) {
    check(call, 'parameters', false, `${strange.join(', ')} not expected here`, () =>
      malformed(`unexpected parameter ${strange[0]}`),
    )
  }
  const version = values.get('oauth_version') ?? '1.0'
  check(call, 'version', version === '1.0', 'oauth_version is 1.0 or absent', () =>
    malformed('oauth_version must be 1.0'),
  )
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
