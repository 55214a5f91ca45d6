/** The OAuth parameters of a request, from the header or (legacy base only) from a JSON body. */
import { type Call, check } from '../call.ts'
import { parseObject } from '../json-object.ts'
import { mediaTypeOf } from '../request-body.ts'
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
      check(call, false, {
        name: 'parameters',
        detail: `${name} is there twice`,
        refuse: () => rules.malformed(`duplicate parameter ${name}`),
      })
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
  check(call, header !== null, {
    name: 'header',
    detail: 'an Authorization header',
    refuse: rules.unauthenticated,
  })
  const rfc = readAsRfc5849(header)
  if (typeof rfc === 'string') {
    check(call, false, { name: 'header', detail: rfc, refuse: rules.unauthenticated })
    return []
  }
  const reason = disagreement(rfc, readAsVendor(header))
  check(call, reason === undefined, {
    name: 'readings',
    detail: reason ?? 'RFC 5849 and the vendor read the same',
    refuse: rules.unauthenticated,
  })
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
  check(call, pairs.length > 0, {
    name: 'header',
    detail: 'an Authorization header, or OAuth parameters in a JSON body',
    refuse: rules.unauthenticated,
  })
  check(call, mediaTypeOf(call) === 'application/json', {
    name: 'content-type',
    detail: 'application/json',
    refuse: () => rules.malformed('content type must be application/json'),
  })
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
  check(call, missing.length === 0, {
    name: 'parameters',
    detail: missing.length === 0 ? 'each is there once' : `${missing.join(', ')} missing`,
    refuse: () => malformed(`missing parameter ${missing[0]}`),
  })
  const strange = [...values.keys()].filter(
    (name) => !expected.includes(name) && !optional.includes(name),
  )
  if (strange.length > 0) {
    check(call, false, {
      name: 'parameters',
      detail: `${strange.join(', ')} not expected here`,
      refuse: () => malformed(`unexpected parameter ${strange[0]}`),
    })
  }
  const version = values.get('oauth_version') ?? '1.0'
  check(call, version === '1.0', {
    name: 'version',
    detail: 'oauth_version is 1.0 or absent',
    refuse: () => malformed('oauth_version must be 1.0'),
  })
}
