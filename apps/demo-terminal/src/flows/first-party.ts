/** OAuth 1.0a as a first party: credentials from the portal, one live session token, a whole session. */
import { importRsaSigningKey, parseDhParameters } from '@isoauth/core-crypto'
import { importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { decryptAccessTokenSecret } from '@isoauth/ibkr-oauth1'
import { call, expect, field, list, post } from '../authorized-call.ts'
import type { Flow } from '../flow.ts'
import { signInByStep } from '../handshake-steps.ts'
import { count } from '../text.ts'

export const firstParty: Flow = {
  title: 'IBKR OAuth 1.0a, first party: from PEM to a brokerage session',
  async run({ sandbox, steps }) {
    const { accessTokenSecret, encryptionKey, ...credentials } = sandbox.credentials.ibkr.oauth1
    await steps.run(
      'PEM parsed',
      async () => {
        const signing = await importRsaSigningKey(credentials.signatureKey)
        await importRsaDecryptionKey(encryptionKey)
        const { prime } = parseDhParameters(credentials.dhParameters)
        return { rsaBits: signing.modulusBits, dhBits: prime.toString(2).length }
      },
      ({ rsaBits, dhBits }) => `RSA keys of ${rsaBits} bits, DH group of ${dhBits}`,
    )
    const decryptedAccessTokenSecret = await steps.run(
      'secret decrypted',
      () => decryptAccessTokenSecret({ accessTokenSecret, encryptionKey }),
      (secret) => `prepend of ${secret.length} bytes, not shown`,
    )
    const client = await signInByStep(steps, { ...credentials, decryptedAccessTokenSecret })
    await steps.run(
      'portfolio/accounts',
      async () => list(await call(client, '/portfolio/accounts'), 'accounts'),
      (accounts) => `first authorized call: ${count(accounts.length, 'account')}`,
    )
    await steps.run(
      'ssodh/init',
      async () => {
        const body = { publish: true, compete: false }
        const status = await post(client, '/iserver/auth/ssodh/init', body)
        expect(field(status, 'authenticated', 'boolean'), 'The brokerage session did not open.')
      },
      'session opened, nobody thrown out',
    )
    await steps.run(
      'auth/status',
      async () => {
        const status = await post(client, '/iserver/auth/status')
        const ready = ['authenticated', 'established', 'connected'] as const
        for (const name of ready) expect(field(status, name, 'boolean'), `It is not ${name}.`)
        expect(!field(status, 'competing', 'boolean'), 'Another session competes.')
      },
      'authenticated, established, no rival',
    )
    await steps.run(
      'tickle',
      async () => {
        const iserver = field(await post(client, '/tickle'), 'iserver', 'object')
        const status = field(iserver, 'authStatus', 'object')
        expect(field(status, 'authenticated', 'boolean'), 'The session was not kept alive.')
      },
      'session kept alive',
    )
    await steps.run(
      'iserver/accounts',
      async () =>
        list(field(await call(client, '/iserver/accounts'), 'accounts', 'object'), 'accounts'),
      (accounts) => `${count(accounts.length, 'account')} to trade with`,
    )
    await steps.run(
      'marketdata/history',
      async () => {
        const path = '/iserver/marketdata/history?conid=265598&period=1w&bar=1d'
        return list(field(await call(client, path), 'data', 'object'), 'bars')
      },
      (bars) => `a GET with a query: ${count(bars.length, 'bar')}`,
    )
    await steps.run(
      'logout',
      async () => {
        const answer = await post(client, '/logout')
        expect(field(answer, 'status', 'boolean'), 'The session did not end.')
        const status = await post(client, '/iserver/auth/status')
        expect(!field(status, 'authenticated', 'boolean'), 'The session is still open.')
      },
      'session ended, the status confirms it',
    )
  },
}
