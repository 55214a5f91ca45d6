/**
 * TEST KEYS, published with this package and known to everybody: never for real use. They stand here so that a sandbox is
 * ready at once; making RSA keys takes a runtime most of a second. What a sandbox hands out guards nothing anyway.
 */
import { toBigInt } from './crypto/arithmetic.ts'
import { fromBase64 } from './crypto/bytes.ts'
import { MODP_2048, writeDhParameters } from './crypto/dh.ts'
import { writeRsaPrivateKey } from './crypto/rsa.ts'
import { FIRST_USER } from './ibkr-api/sign-in.ts'
import type { IbkrOAuth1Credentials } from './ibkr-oauth1/credentials.ts'
import type { IbkrOAuth2Credentials } from './ibkr-oauth2/credentials.ts'

interface PreparedCredentials {
  readonly oauth1: Omit<IbkrOAuth1Credentials, 'baseUrl'>
  readonly oauth2: Omit<IbkrOAuth2Credentials, 'baseUrl'>
}

/** Credentials made beforehand, the same in every process; each sandbox adds its own addresses. */
export function preparedCredentials(): PreparedCredentials {
  return {
    oauth1: {
      realm: 'limited_poa',
      consumerKey: 'SANDBOXTK',
      accessToken: 'SANDBOX9226dbffec96c',
      accessTokenSecret: ACCESS_TOKEN_SECRET,
      signatureKey: privateKeyPem(SIGNATURE_TEST_KEY),
      encryptionKey: privateKeyPem(ENCRYPTION_TEST_KEY),
      dhParameters: writeDhParameters(MODP_2048),
      dhPrime: '',
    },
    oauth2: {
      clientId: 'SANDBOX-prepared',
      keyId: 'SANDBOX-prepared',
      privateKey: privateKeyPem(OAUTH2_TEST_KEY),
      credential: FIRST_USER.username,
      ip: '127.0.0.1',
    },
  }
}

/** The access token's secret in the clear, as the server has it: decrypting it costs a power of 2048 bits. */
export const PREPARED_SECRET = 'XhjQ7ddejJ7BwGUrn0titG7E3EU='

/** Base64 of the secret, encrypted to the encryption key below. */
const ACCESS_TOKEN_SECRET =
  'Y4vRKRP4MR38bSCL3TFz7id7TuvtIHZOs75w0HImbJVxQErVsoJbkK733l/OzsM1GXP0BQhC0zGqE28lHUYRt6NS' +
  'q6zwsSikUwUGM6KAIdpj7poahsXHYdNNOp1+yjoYeNVYy7NhMOCIsGJkc6CLizN4sxEsnY7e6fTWgjnFkR8SLtTk' +
  'U2pzu4ALzov+vLF0SJMEsAveCYCL/NEPI/xVntiuHMlPs5APpaQW/It5+xVd8enXrgvzlpSXcRX8vP+lAhblwMRl' +
  'mvYVs4lOF8PsMQG1RIDd1+QZRwg1qvqYnDQzdouzw5HkFNZcb9qbBOAOASGJ2eI5WOZWTm2QUxXZgw=='

/** Base64 of the two primes of each: RSA keys of 2048, 2048 and 3072 bits, for tests alone. */
const SIGNATURE_TEST_KEY = [
  'w31qslznKMW6W/k++zcGB7rDJUsATJx+mzxX5eiReFBVoC2ER6pGGewwl3tDM6WD6krZSHk/EQGtg74pnZNS5DB1' +
    'ipJr+0zSjRfm+JgPP4jzxosojd9LJVJ39xL0OFouZXNjK3APuYNOH8T3ou8QVA4CoUwmMcDL6wST3R3pSxU=',
  'w1CiCFiKCTlI/NDAN7qwdw74TeIVEKkVwrwojZ3vHkNEVEJA5hP6HZs+ZWz2WMyT8jMBmYXIlDXOByqW2dvE3BLu' +
    'q1Tu1kHh/FeRur2hDu8vI9v0TQcHkPHB4941g7mdfrlK0H6Sq2RnDCsXwlvjaRnUQObVHyXCx3zGH1VniJU=',
] as const

const ENCRYPTION_TEST_KEY = [
  'zyZqMOQqrjCcRiaKm3iiv8kKSa9jSt4upAa2yWuRafZ5GazdXZWrhpIqJ/ttlVLiYAxmUYj6G5u/z0LOjr8QbT5e' +
    'cHTTxPa9Bum84utwPWVgP/0p5mUGk19w1opiVmZts0B7wTKt2rbOLOUgkwUe/nw8NUeAsplKUmkia9bzykk=',
  'yk+FMOvwUSPLZRzRtpDVKjDN8bPuDQfsejIOg/BM8c4ge7HHOAo5xzIiUgiR5ST5jp4niUnvEOpOwLLSMBt648cB' +
    'j0o0Uidy/A5iXOUrCo4Gllr5rKy4+lzKk1fBIq4mJjF8pz3vCyd6fCZ0eAQ21g9X46x7ETL4P0IGt0RDir8=',
] as const

const OAUTH2_TEST_KEY = [
  '/wQWXXHJaaOk45vT5N4Oe7V6NuJnWAlxGf13bhxPWAeThMHvAfP420QE922N5z+SOT0zqLJQkfDQc5cAOaFsPJMk' +
    'ObA0oshosmg35o5DaR9dirwGCABUoWZdCMvUwO/goouu9QrpfqWTXj+f47eH/hQhCOMqI9noD131O9KoowcNHbHJ' +
    '47tcCwHEjCUGkxpLsPxzzHTASkuLQCRJo9APDsI6RH5rGC8qrX1nyb1Z37Y4ahOfgZSo8P0j+164ni0H',
  '+zAdePOkSwuFGjjp64Z/s8PZvEBVCHHaIXNezbr67800VvhVfxqnSfHnfCbGUroMrawPWJeDI9i604zLU1OIbgQa' +
    'lH0IM0i3AfgcwJ6lXlhZ+tiLH2Gj2ZycDHlmKPt8tuH97mdImoDgHn752q9MohZZFI/uIar9mPB3uYhPHBH/ixIi' +
    'dPZyvuK1zGHCOmxd5nehMcDKGyG9s6DRaYNUmQzBVi24AZiRPlB6Lmj/dd+ECQjyGPhA6tb9XImpx6DJ',
] as const

function privateKeyPem(primes: readonly [p: string, q: string]): string {
  const [p, q] = primes.map((prime) => toBigInt(fromBase64(prime) ?? new Uint8Array()))
  return writeRsaPrivateKey(p as bigint, q as bigint)
}
