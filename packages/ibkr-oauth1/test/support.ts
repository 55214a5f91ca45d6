/** A sandbox with the vectors' test keys, a client for it, and a clock that both share. */
import { parseDhParameters } from '@isoauth/core-crypto'
import { createIbkrOAuth1, type IbkrOAuth1, type IbkrOAuth1Event } from '@isoauth/ibkr-oauth1'
import { createSandbox, type Sandbox, type SandboxOptions } from '@isoauth/sandbox'
import { type Failure, failure } from '../../../tests/support/index.ts'
import { dhGroups, keys, vectorsOf } from '../../../tests/support/oauth1-vectors.ts'

export const ORIGIN = 'http://127.0.0.1:8787'
export const BASE = `${ORIGIN}/v1/api`
export const LST_PATH = '/v1/api/oauth/live_session_token'

const [usual] = vectorsOf('secret-decrypt')

/** Credentials of the vectors: public test keys, known to nobody's broker. */
export const oauth1 = {
  baseUrl: BASE,
  realm: 'limited_poa',
  consumerKey: 'QWERTYUIO',
  accessToken: 'a1b2c3d4e5f6a7b8c9d0',
  accessTokenSecret: usual?.input.accessTokenSecret as string,
  signatureKey: keys.signature.pkcs8Pem,
  encryptionKey: keys.encryption.pkcs8Pem,
  dhParameters: dhGroups['rfc3526-14']?.pem ?? '',
  dhPrime: '',
}

/** The same with the secret decrypted and the group read, which spare every client a power of 2048 bits each. */
export const decrypted = {
  ...oauth1,
  accessTokenSecret: undefined,
  encryptionKey: undefined,
  decryptedAccessTokenSecret: usual?.expected.secretHex as string,
  dhParameters: parseDhParameters(oauth1.dhParameters),
}

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>
type ClientOptions = Partial<Parameters<typeof createIbkrOAuth1>[0]>

export interface Setup {
  readonly sandbox: Sandbox
  readonly client: IbkrOAuth1
  readonly events: IbkrOAuth1Event[]
  readonly time: { now: number }
  /** A further client of the same sandbox. */
  readonly another: (options?: ClientOptions) => IbkrOAuth1
}

export async function setUp(
  options: ClientOptions = {},
  sandboxOptions: Partial<SandboxOptions> = {},
): Promise<Setup> {
  const time = { now: Date.parse('2026-03-02T09:00:00Z') }
  const now = () => time.now
  const credentials = { ibkr: { baseUrl: ORIGIN, oauth1 } }
  const sandbox = await createSandbox({ origin: ORIGIN, credentials, now, ...sandboxOptions })
  const events: IbkrOAuth1Event[] = []
  const another = (more: ClientOptions = {}) =>
    createIbkrOAuth1({
      ...decrypted,
      fetch: sandbox.fetch as never,
      now,
      onEvent: (event: IbkrOAuth1Event) => events.push(event),
      ...options,
      ...more,
    } as never)
  return { sandbox, client: another(), events, time, another }
}

/** Answers of the sandbox, changed by `change` on their way. */
export function changed(
  fetch: Fetch,
  change: (response: Response, request: Request) => Promise<Response> | Response,
): Fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    return change(await fetch(request), request)
  }
}

/** Hides the `Date` header, as a browser does where the server does not expose it. */
export const withoutDate = (response: Response): Response => {
  const headers = new Headers(response.headers)
  headers.delete('date')
  return new Response(response.body, { status: response.status, headers })
}

/** What a promise rejects with. */
export const rejection = (promise: Promise<unknown>): Promise<Failure> => failure(() => promise)
