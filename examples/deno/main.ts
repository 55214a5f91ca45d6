/** Opens an SSO session for a user name by OAuth 2.0, and reads the accounts with it. */
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso } from '@isoauth/ibkr-sso'

const { ibkr } = JSON.parse(await Deno.readTextFile('isoauth.json'))
// `credential` is the user name, `ip` the address that this program goes out by.
const { credential, ip, ...client } = ibkr.oauth2

const oauth2 = createIbkrOAuth2({ ...client, scope: 'sso-sessions.write' })
const session = await createIbkrSso({ oauth2 }).createSession({ credential, ip })

const response = await session.fetch('/portfolio/accounts')
if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
for (const { id, type, currency } of await response.json()) {
  console.log(`account ${id}, ${type}, in ${currency}`)
}
