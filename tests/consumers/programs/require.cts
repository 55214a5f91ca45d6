/** CommonJS in TypeScript: `import = require` of ES modules, typed. Compiled, not run. */
import oauth1 = require('@isoauth/ibkr-oauth1')
import oauth2 = require('@isoauth/ibkr-oauth2')
import sandbox = require('@isoauth/sandbox')

export async function signIn(): Promise<number> {
  const { credentials, fetch } = await sandbox.createSandbox({ origin: 'http://127.0.0.1:8787' })
  const { dhPrime: _, ...own } = credentials.ibkr.oauth1
  const client: oauth1.IbkrOAuth1 = oauth1.createIbkrOAuth1({ ...own, fetch })
  const { baseUrl, clientId, keyId, privateKey } = credentials.ibkr.oauth2
  const scope = 'echo.read'
  const echo = oauth2.createIbkrOAuth2({ baseUrl, clientId, keyId, privateKey, scope, fetch })
  const { requestMethod } = await echo.echoHttps()
  return (await client.fetch('/portfolio/accounts', { method: requestMethod ?? 'GET' })).status
}
