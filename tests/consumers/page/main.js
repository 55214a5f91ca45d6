/**
 * A front end: the client is in the first script, the sandbox is loaded when it is wanted. What came of it stands in
 * the page, for whoever drives the browser.
 */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { percentEncode } from '@isoauth/ibkr-oauth1/signing'

async function signIn() {
  const atFirst = scripts()
  const { createSandbox } = await import('@isoauth/sandbox')
  const sandbox = await createSandbox({ origin: 'http://127.0.0.1:8787' })
  const { dhPrime: _, ...credentials } = sandbox.credentials.ibkr.oauth1
  const client = createIbkrOAuth1({ ...credentials, fetch: sandbox.fetch })
  const { status } = await client.fetch('/portfolio/accounts')
  const url = `${credentials.baseUrl}/tickle`
  const header = await client.authorizationHeader({ method: 'POST', url })
  return {
    scripts: atFirst,
    status,
    handshakes: sandbox.counts.handshakes,
    isSigned: header.includes(`oauth_consumer_key="${percentEncode(credentials.consumerKey)}"`),
  }
}

/** The names of the scripts that were loaded so far. */
function scripts() {
  return performance
    .getEntriesByType('resource')
    .map(({ name }) => new URL(name).pathname)
    .filter((path) => path.endsWith('.js'))
}

signIn().then(
  (result) => show(result),
  (error) => show({ error: String(error.stack ?? error) }),
)

function show(result) {
  document.body.textContent = JSON.stringify(result)
  document.body.id = 'done'
}
