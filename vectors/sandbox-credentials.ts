/**
 * Credentials for a sandbox, made of the known answers' test keys. Making fresh RSA keys costs a runtime most of a
 * second of computing; a test that is not about fresh ones takes these.
 */
import oauth1 from './ibkr-oauth1.json' with { type: 'json' }
import oauth2 from './ibkr-oauth2.json' with { type: 'json' }

const origin = 'http://127.0.0.1:8787'

export const testCredentials = {
  ibkr: {
    baseUrl: origin,
    oauth1: {
      baseUrl: `${origin}/v1/api`,
      realm: 'limited_poa',
      consumerKey: 'QWERTYUIO',
      accessToken: 'a1b2c3d4e5f6a7b8c9d0',
      accessTokenSecret: oauth1.vectors.find(({ kind }) => kind === 'secret-decrypt')?.input
        .accessTokenSecret as string,
      signatureKey: oauth1.keys.signature.pkcs8Pem,
      encryptionKey: oauth1.keys.encryption.pkcs8Pem,
      dhParameters: oauth1.dhGroups['rfc3526-14'].pem,
      dhPrime: '',
    },
    oauth2: {
      baseUrl: origin,
      clientId: 'TESTCLIENT',
      keyId: 'SANDBOX-main',
      privateKey: oauth2.keys.main3072.pkcs8Pem,
      credential: 'sandboxuser',
      ip: '127.0.0.1',
    },
  },
}
