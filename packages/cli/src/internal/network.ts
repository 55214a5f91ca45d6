/** A connection that failed: the host, what the platform calls it, and the remedy that fits. */
import { CodedError } from '@isoauth/core-crypto'

type Fetch = typeof globalThis.fetch

/** The hosts that requests go to, for what is said when one gives no answer. */
export interface HostWatch {
  /** The host of the last request, with its port: `api.ibkr.com`, `127.0.0.1:8787`. */
  host: string | undefined
}

interface Explanation {
  readonly reason: string
  readonly remedy: string
}

const PROXY =
  'Where a proxy is needed, NODE_USE_ENV_PROXY=1 makes Node 22.21, 24 and newer use HTTPS_PROXY.'
const LISTENS =
  'Check baseUrl and its port, and that the service (or the sandbox) is running there.'
const NAMES = `Check the spelling of baseUrl and the network's name server. ${PROXY}`
const WAY = `Check baseUrl, the network and any firewall. ${PROXY}`
const AGAIN = `Try again; if it stays so, something between closes the connection. ${PROXY}`
const AUTHORITY =
  'A company proxy or a service of your own signs certificates itself: export its authority as a PEM file and set NODE_EXTRA_CA_CERTS=/path/to/ca.pem (DENO_CERT under Deno). Never switch verification off.'

const untrusted = (reason: string): Explanation => ({ reason, remedy: AUTHORITY })

const BAD_PORT = 'BAD_PORT'

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: { reason: 'nothing listens there', remedy: LISTENS },
  ConnectionRefused: { reason: 'nothing listens there', remedy: LISTENS },
  ENOTFOUND: { reason: 'the host has no address', remedy: NAMES },
  EAI_AGAIN: { reason: 'names cannot be looked up now', remedy: NAMES },
  ETIMEDOUT: { reason: 'the connection timed out', remedy: WAY },
  UND_ERR_CONNECT_TIMEOUT: { reason: 'the connection timed out', remedy: WAY },
  EHOSTUNREACH: { reason: 'no way leads to the host', remedy: WAY },
  ENETUNREACH: { reason: 'no way leads to its network', remedy: WAY },
  ECONNRESET: { reason: 'the connection was reset', remedy: AGAIN },
  EPIPE: { reason: 'the connection was closed', remedy: AGAIN },
  UND_ERR_SOCKET: { reason: 'the connection was closed before the answer ended', remedy: AGAIN },
  SELF_SIGNED_CERT_IN_CHAIN: untrusted(
    'its certificate comes from an authority that this machine does not know',
  ),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted(
    'its certificate comes from an authority that this machine does not know',
  ),
  UNABLE_TO_GET_ISSUER_CERT: untrusted(
    'its certificate comes from an authority that this machine does not know',
  ),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted(
    'its certificate cannot be verified: the authority is not known here, or the server leaves an intermediate certificate out',
  ),
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted('its certificate is signed by itself'),
  CERT_HAS_EXPIRED: {
    reason: 'its certificate has expired, or the clock of this machine is wrong',
    remedy: "Compare the date of this machine; else the service's owner has to renew it.",
  },
  CERT_NOT_YET_VALID: {
    reason: 'its certificate is not valid yet, or the clock of this machine is wrong',
    remedy: 'Set the clock of this machine.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'its certificate is for another name',
    remedy: 'Use the name that the certificate is for in baseUrl; a proxy may answer instead.',
  },
  [BAD_PORT]: {
    reason: 'fetch sends nothing to this port, which belongs to another kind of service',
    remedy: 'Check the port in baseUrl.',
  },
  EPROTO: {
    reason: 'it does not speak TLS there',
    remedy: 'Check http or https in baseUrl, and the port.',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    reason: 'it does not speak TLS there',
    remedy: 'Check http or https in baseUrl, and the port.',
  },
}
const UNKNOWN: Explanation = { reason: 'the connection failed', remedy: WAY }

/** What is said of a platform's code; the code itself stays beside it. */
export function explainNetwork(code: string | undefined): Explanation {
  return EXPLANATIONS[code ?? ''] ?? UNKNOWN
}

/** A `fetch` that notes where it goes. */
export function watchHost(fetch: Fetch, watch: HostWatch): Fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    watch.host = URL.canParse(url) ? new URL(url).host : undefined
    try {
      return await fetch(input, init)
    } catch (error) {
      throw withCode(error)
    }
  }
}

/** Node's word for one of the ports that the Fetch standard keeps from being asked, as the code that clients pass on. */
function withCode(error: unknown): unknown {
  const { cause } = Object(error) as { readonly cause?: unknown }
  const { message } = Object(cause) as { readonly message?: unknown }
  return message === 'bad port'
    ? new TypeError('fetch failed', {
        cause: Object.assign(new Error(message), { code: BAD_PORT }),
      })
    : error
}

/** What the platform calls a connection that failed (`ECONNREFUSED`, `ENOTFOUND` …). */
export function networkCode(error: unknown): string | undefined {
  const { cause, name, code, message, path } = Object(error) as Record<string, unknown>
  // Of a file, not of a connection; under Bun an error of its fetch has the URL there.
  if (typeof path === 'string' && !URL.canParse(path)) return undefined
  // A code of ours names what was tried; the platform's is in its cause.
  const isForeign = !(error instanceof CodedError) && typeof code === 'string'
  const own = isForeign && /^[A-Z][A-Za-z_]{1,60}$/.test(code) ? code : undefined
  const isFetch = name === 'TypeError' && /fetch|network|terminated/i.test(String(message))
  const inner = cause === undefined ? undefined : networkCode(cause)
  return inner ?? own ?? (isFetch ? 'NETWORK' : undefined)
}
