/** A Worker that signs in anew with each request: a client without a token, its secret decrypted beforehand. */
import { base64ToBytes } from '@isoauth/core-crypto'
import { createIbkrOAuth1, type IbkrOAuth1Options } from '@isoauth/ibkr-oauth1'

interface Environment {
  /** All but the key and the secret that it decrypts. */
  readonly OPTIONS: Omit<IbkrOAuth1Options, 'dhParameters'>
  /** The decrypted secret, in base64. */
  readonly SECRET: string
  /** The prime in hexadecimal; the generator is 2. */
  readonly PRIME: string
}

export default {
  async fetch(request: Request, { OPTIONS, SECRET, PRIME }: Environment): Promise<Response> {
    const isKnown = new URL(request.url).pathname === '/known'
    const options = {
      ...OPTIONS,
      decryptedAccessTokenSecret: base64ToBytes(SECRET),
      // As text they are read and checked; as numbers they are taken as they are.
      dhParameters: isKnown ? { prime: BigInt(`0x${PRIME}`), generator: 2n } : PRIME,
    }
    const client = createIbkrOAuth1(options as IbkrOAuth1Options)
    const { expiresAtMs } = await client.liveSessionToken()
    return new Response(String(expiresAtMs))
  },
}
