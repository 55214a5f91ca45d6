/** A sandbox on this machine: whether one answers, and its portal, which takes public keys as JSON. */
import { readFile } from 'node:fs/promises'
import { type Fields, object } from '../config/fields.ts'
import { CliError } from '../errors.ts'
import { isLoopback } from '../loopback.ts'

/** Where `isoauth sandbox` listens unless it is told otherwise. */
export const USUAL_SANDBOX = 'http://127.0.0.1:8787'

const PROBE_MS = 1000
const REGISTER_MS = 10_000

/** True where a sandbox answers; only this machine is ever asked. */
export async function isSandbox(baseUrl: string, signal: AbortSignal): Promise<boolean> {
  if (!URL.canParse(baseUrl) || !isLoopback(new URL(baseUrl).hostname)) return false
  try {
    const response = await fetch(new URL('/', baseUrl), {
      redirect: 'manual',
      headers: { 'user-agent': 'isoauth' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]),
    })
    await response.body?.cancel()
    return response.headers.get('x-isoauth-sandbox') === 'SANDBOX'
  } catch {
    signal.throwIfAborted()
    return false
  }
}

export interface Application {
  readonly origin: string
  readonly consumerKey: string
  /** Files of the public halves and of the parameters. */
  readonly signaturePublicKey: string
  readonly encryptionPublicKey: string
  readonly dhParameters: string
  readonly signal: AbortSignal
}

export interface Registered {
  readonly accessToken: string
  readonly accessTokenSecret: string
}

/** Registers the keys; gives what the portal says against the consumer key as text. */
export async function register(application: Application): Promise<Registered | string> {
  const { origin, consumerKey, signal, ...files } = application
  const body: Record<string, string> = { consumerKey }
  for (const [field, file] of Object.entries(files)) body[field] = await readFile(file, 'utf8')
  const response = await fetch(new URL('/portal', origin), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'isoauth' },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(REGISTER_MS)]),
  })
  const fields = parsed(await response.text())
  const { accessToken, accessTokenSecret, field, error } = fields
  if (typeof accessToken === 'string' && typeof accessTokenSecret === 'string') {
    return { accessToken, accessTokenSecret }
  }
  if (field === 'consumerKey' && typeof error === 'string') {
    return `The sandbox's portal does not take it: ${error}.`
  }
  throw new CliError(
    `The portal of the sandbox at ${origin} did not register the keys (it answered ${response.status}${typeof error === 'string' ? `, ${error}` : ''}). Take other keys by --keys, or go through the portal yourself: --by-hand.`,
    { code: 'CLI_REGISTRATION_REFUSED' },
  )
}

function parsed(text: string): Fields {
  try {
    return object(JSON.parse(text)) ?? {}
  } catch {
    return {}
  }
}
