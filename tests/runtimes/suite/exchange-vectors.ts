/** The known answers of the handshake as a client makes it, and of the header as the sandbox reads it. */
import { bytesToHex, hexToBytes } from '@isoauth/core-crypto'
import {
  decryptAccessTokenSecret,
  prepareLiveSessionTokenRequest,
  processLiveSessionTokenResponse,
} from '@isoauth/ibkr-oauth1'
import { type Check, equal, failsWith } from './check.ts'
import { startSandbox } from './sandboxes.ts'
import { dhGroupPem, rsaKey, vectorChecks } from './vectors.ts'

const credentials = {
  accessToken: 'a1b2c3d4e5f6a7b8c9d0',
  signatureKey: rsaKey('signature').pkcs8Pem,
  timestamp: 1714583316,
  now: () => 1714583316_000,
}

const SECRET_ERRORS: Readonly<Record<string, string>> = {
  padding: 'IBKR_OAUTH1_SECRET_DECRYPTION_FAILED',
  length: 'IBKR_OAUTH1_OPTION_INVALID',
  range: 'IBKR_OAUTH1_SECRET_DECRYPTION_FAILED',
}

export const exchangeVectors: readonly Check[] = [
  ...vectorChecks('ibkr-oauth1', {
    'secret-decrypt': async ({ input, expected }) => {
      const encryptionKey = rsaKey(input.key).pkcs8Pem
      const { accessTokenSecret } = input
      const decrypt = () => decryptAccessTokenSecret({ accessTokenSecret, encryptionKey })
      if (expected.error === undefined) equal(bytesToHex(await decrypt()), expected.secretHex)
      else await failsWith(SECRET_ERRORS[expected.error] ?? 'unknown kind of error', decrypt)
    },

    lst: async ({ input, expected }) => {
      const exponent = hexToBytes(input.dhRandomHex.padStart(64, '0'))
      const { request, pending } = await prepareLiveSessionTokenRequest({
        ...credentials,
        consumerKey: input.consumerKey,
        realm: input.realm,
        accessTokenSecret: input.accessTokenSecret,
        encryptionKey: rsaKey('encryption').pkcs1Pem,
        dhParameters: dhGroupPem(input.dhGroup),
        random: () => exponent,
      })
      const header = request.headers.get('authorization') ?? ''
      equal(header.includes(`diffie_hellman_challenge="${expected.challengeHex}"`), true)
      const session = await processLiveSessionTokenResponse(answer(input.response), pending)
      equal(bytesToHex(session.token), expected.lstHex)
      const [first = '', ...rest] = String(expected.lstSignatureHex)
      const live_session_token_signature = [first === '0' ? '1' : '0', ...rest].join('')
      const altered = answer({ ...input.response, live_session_token_signature })
      await failsWith('IBKR_OAUTH1_LST_SIGNATURE_MISMATCH', () =>
        processLiveSessionTokenResponse(altered, pending),
      )
    },

    'dh-response-range': async ({ input }) => {
      const { pending } = await prepareLiveSessionTokenRequest({
        ...credentials,
        consumerKey: 'TESTCONS',
        decryptedAccessTokenSecret: '0102',
        dhParameters: dhGroupPem(input.dhGroup),
      })
      const { diffie_hellman_response } = input
      const fields = { diffie_hellman_response, live_session_token_signature: '0'.repeat(40) }
      await failsWith('IBKR_OAUTH1_DH_RESPONSE_RANGE', () =>
        processLiveSessionTokenResponse(answer(fields), pending),
      )
    },
  }),

  ...vectorChecks('sandbox', {
    /** Where the vendor's reading loses a pair, the sandbox refuses the header for that alone. */
    'header-parse': async ({ input, expected }) => {
      const { sandbox } = await startSandbox()
      const { authorization } = input
      const url = `${sandbox.origin}/v1/api/portfolio/accounts`
      equal((await sandbox.fetch(url, { headers: { authorization } })).status, 401)
      const sent = [...authorization.matchAll(/\b(oauth_\w+)="/g)].map(([, name]) => name)
      const kept = expected.signedPairs.map(([name]: [string]) => name)
      const lost = sent.filter((name) => name !== 'oauth_signature' && !kept.includes(name))
      const refused = sandbox.requests.at(-1)?.refused ?? ''
      equal(/(\w+) is lost in the vendor's reading/.exec(refused)?.[1], lost[0])
    },
  }),
]

function answer(fields: unknown): Response {
  return new Response(JSON.stringify(fields), { status: 200 })
}
