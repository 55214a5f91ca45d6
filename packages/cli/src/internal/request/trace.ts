/** What goes over the wire, for a person to compare with what the service expects; no secret in it. */
import { type QuerySigning, signatureBaseString } from '@isoauth/ibkr-oauth1/signing'

type Fetch = typeof globalThis.fetch
type Pair = readonly [name: string, value: string]

const HIDDEN = '[hidden]'
/** Names of the OAuth parameters that stand for a person; the signature is one use of a secret. */
const SECRET = /^oauth_(?:token|signature|verifier)$/

export interface TraceOptions {
  readonly say: (line: string) => void
  readonly querySigning: QuerySigning | undefined
  /** Names of headers whose values are not shown, in lower case: those that a person gave. */
  readonly hidden: readonly string[]
  /** Secrets of the configuration: hidden wherever an answer quotes one. */
  readonly secrets: readonly string[]
}

/** Headers of a person that say nothing of them. */
const HARMLESS = /^(?:accept|accept-language|accept-encoding|content-type|user-agent)$/
/** Of an answer: what is a secret, or may quote one. */
const SECRET_ANSWER = /^(?:set-cookie|location|www-authenticate)$|token|secret|session|auth|key/
const SECRET_REQUEST =
  /^(?:cookie|authorization|proxy-authorization)$|token|secret|session|auth|key/
/** Names in a query whose values prove a person or open something. */
const SECRET_QUERY = /token|secret|session|auth|key|pass|pwd|sign|code|credential|jwt|assertion/i

/** A `fetch` that tells each request and answer by `say`, a line at a time. */
export function tracedFetch(
  fetch: Fetch,
  { say: write, querySigning, hidden, secrets }: TraceOptions,
): Fetch {
  const known = new Set(secrets)
  const say = (line: string) => write(withoutSecrets(line, known))
  return async (input, init) => {
    // A copy would take the body out of a request that is sent after it.
    const request = input instanceof Request ? input : new Request(input, init)
    for (const secret of sentSecrets(request.headers)) known.add(secret)
    const url = withPlaces(request.url)
    say(`> ${request.method} ${shownPlaces(url)}`)
    for (const [name, value] of request.headers) {
      const isHidden = SECRET_REQUEST.test(name) || (hidden.includes(name) && !HARMLESS.test(name))
      // An answer may quote what it was sent.
      if (isHidden && name !== 'authorization') for (const part of partsOf(value)) known.add(part)
      const shown = name === 'authorization' ? hideAuthorization(value) : HIDDEN
      say(`> ${name}: ${isHidden ? shown : value}`)
    }
    const { method, headers } = request
    const baseString = shownBaseString({ method, url, headers }, querySigning)
    if (baseString !== undefined) {
      say(`> signature base string: ${shownPlaces(baseString)}`)
    }
    const start = performance.now()
    const response = await fetch(input, init)
    const ms = Math.round(performance.now() - start)
    say(`< ${response.status} ${response.statusText} (${ms} ms)`.replace('  ', ' '))
    for (const [name, value] of response.headers) {
      say(`< ${name}: ${SECRET_ANSWER.test(name) ? HIDDEN : value}`)
    }
    return response
  }
}

/** Letters alone, so that no escaping can touch it. */
const QUERY_PLACE = 'PLACEOFAVALUE'

/** The address with the secret values of its query, and a user in it, taken out. */
function withPlaces(address: string): string {
  const url = new URL(address)
  url.username = ''
  url.password = ''
  const pairs = url.search.slice(1).split('&')
  const shown = pairs.map((pair) => {
    const [name = ''] = pair.split('=', 1)
    return pair.includes('=') && SECRET_QUERY.test(readable(name)) ? `${name}=${QUERY_PLACE}` : pair
  })
  url.search = shown.join('&')
  return url.href
}

function shownPlaces(text: string): string {
  return text.replaceAll(QUERY_PLACE, HIDDEN)
}

function readable(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** A header's value and the parts that it is made of, such as the values of cookies. */
function partsOf(value: string): string[] {
  return [value, ...value.split(/[\s;,=]/)].filter((part) => part !== '')
}

/** What the header proves a person by: the bearer, or token and signature, as they may be quoted. */
function sentSecrets(headers: Headers): string[] {
  const authorization = headers.get('authorization') ?? ''
  if (!authorization.startsWith('OAuth ')) return [authorization.replace(/^\w+ /, '')]
  return [...authorization.matchAll(/\b(\w+)="([^"]*)"/g)]
    .filter(([, name = '']) => SECRET.test(name))
    .flatMap(([, , value = '']) => [value, decodeURIComponent(value)])
}

/** Shorter ones would hide words that are none. */
const SHORTEST_SECRET = 8

function withoutSecrets(line: string, secrets: ReadonlySet<string>): string {
  let text = line
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET) text = text.replaceAll(secret, HIDDEN)
  }
  return text
}

/** The header with tokens and signature hidden. */
function hideAuthorization(value: string): string {
  if (!/^OAuth /.test(value)) return value.replace(/^(\w+) .*$/s, `$1 ${HIDDEN}`)
  return value.replace(/\b(\w+)="[^"]*"/g, (pair, name: string) =>
    SECRET.test(name) ? `${name}="${HIDDEN}"` : pair,
  )
}

/**
 * The base string of an OAuth 1.0a request, made of its header; undefined for any other. The access
 * token is hidden, and of the live session token request the decrypted secret before it.
 */
export function shownBaseString(
  { method, url, headers }: Pick<Request, 'method' | 'url' | 'headers'>,
  querySigning: QuerySigning | undefined,
): string | undefined {
  const authorization = headers.get('authorization') ?? ''
  if (!authorization.startsWith('OAuth ')) return undefined
  const pairs: Pair[] = [...authorization.matchAll(/\b(\w+)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, decodeURIComponent(value)],
  )
  const parameters = pairs.filter(([name]) => name !== 'oauth_token')
  // Letters alone, so that no escaping can touch it.
  const PLACE = 'PLACEOFTHETOKEN'
  if (parameters.length < pairs.length) parameters.push(['oauth_token', PLACE])
  const isHandshake = parameters.some(([name]) => name === 'diffie_hellman_challenge')
  const text = signatureBaseString({ method, url, parameters, querySigning })
  return (isHandshake ? '[decrypted secret in hex, hidden]' : '') + text.replace(PLACE, HIDDEN)
}
