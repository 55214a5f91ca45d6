/** CommonJS: every entry by `require`, and a live session token by what came of it. */
const { readFileSync } = require('node:fs')
const { createIbkrOAuth1 } = require('@isoauth/ibkr-oauth1')
const { createSandbox } = require('@isoauth/sandbox')

const entries = process.argv.slice(3)
for (const entry of entries) {
  const names = Object.keys(require(entry))
  if (names.length === 0) throw new Error(`${entry} exports nothing`)
}

async function main() {
  const { keys } = JSON.parse(readFileSync(process.argv[2], 'utf8')).vectors
  const { importRsaSigningKey, CodedError } = require('@isoauth/core-crypto')
  await importRsaSigningKey(keys.signature.pkcs8Pem)
  const sandbox = await createSandbox({ origin: 'http://127.0.0.1:8787' })
  const { dhPrime: _, ...credentials } = sandbox.credentials.ibkr.oauth1
  const client = createIbkrOAuth1({ ...credentials, fetch: sandbox.fetch })
  const { token } = await client.liveSessionToken({})
  if (token.length !== 20) throw new Error('no live session token')
  // One module for both ways of loading, or `instanceof` would tell two classes apart.
  const imported = await import('@isoauth/core-crypto')
  if (imported.CodedError !== CodedError) throw new Error('require and import load two copies')
  console.log(`proven: ${entries.length} entries, live session token, one copy`)
}

main()
