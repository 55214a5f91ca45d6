/** An access token by private_key_jwt, and both echo calls with it. */
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { facts, proven, same } from './facts.mjs'

const { baseUrl, clientId, keyId, privateKey } = facts.sandbox.ibkr.oauth2
const scope = ['echo.read', 'echo.write']
const client = createIbkrOAuth2({ baseUrl, clientId, keyId, privateKey, scope })
same((await client.echoHttps()).requestMethod, 'GET', 'the echo of a call')
same((await client.echoSignedJwt()).requestMethod, 'POST', 'the echo of a signed body')
same((await client.accessToken()).expiresAtMs > Date.now(), true, "the token's end is ahead")
proven('access token, echo calls')
