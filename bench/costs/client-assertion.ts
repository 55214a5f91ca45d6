/** A client assertion (RFC 7523 section 3), RS256, 3072 bits; the key imported beforehand. */
import { generateKeyPairSync } from 'node:crypto'
import { prepareTokenRequest } from '@isoauth/ibkr-oauth2'
import { SignJWT } from 'jose'
import { checkToken } from '../../packages/ibkr-oauth2/src/internal/settings.ts'
import { makeAssertion } from '../../packages/ibkr-oauth2/src/internal/signed-jwt.ts'
import { expectEqual } from '../expect.ts'
import type { Cost } from '../paired-rounds.ts'

export async function clientAssertionCosts(): Promise<Cost[]> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 })
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const der = privateKey.export({ format: 'der', type: 'pkcs8' })
  const key = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
  const options = {
    clientId: 'TESTCLIENT',
    keyId: 'main',
    privateKey: key,
    scope: 'sso-sessions.write',
  }
  const bytes = new TextEncoder().encode('x'.repeat(400))
  const settings = checkToken(options)
  for (const signed of [await makeAssertion(settings), await jwt(key)]) {
    expectEqual('parts of a signed JWT', signed.split('.').length, 3)
  }
  return [
    {
      id: 'client-assertion',
      title: 'client assertion, RS256, 3072 bits',
      contenders: [
        { name: 'ours', run: () => makeAssertion(settings) },
        { name: 'ours, the whole token request', run: () => prepareTokenRequest(options) },
        {
          name: 'jose SignJWT',
          run: () => jwt(key),
        },
        { name: 'bare subtle.sign', run: () => crypto.subtle.sign(algorithm, key, bytes) },
      ],
      rounds: 25,
    },
  ]
}

function jwt(key: CryptoKey): Promise<string> {
  return new SignJWT({ iss: 'TESTCLIENT', sub: 'TESTCLIENT', aud: 'https://api.ibkr.com' })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'main' })
    .setIssuedAt()
    .setExpirationTime('20s')
    .sign(key)
}
