/** Reads the accounts, then opens the brokerage session for as long as it takes to ask which account trades. */
import { ibkrOAuth1Options, readConfig } from '@isoauth/cli/config'
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createBrokerageSession } from '@isoauth/ibkr-session'

const config = await readConfig({ file: 'isoauth.json', env: process.env })
const connection = createIbkrOAuth1(ibkrOAuth1Options(config))

for (const { id, type, currency } of await read(connection, '/portfolio/accounts')) {
  console.log(`account ${id}, ${type}, in ${currency}`)
}

const session = createBrokerageSession({ connection })
await session.open({ compete: false }) // true would end the session in TWS or on the phone
const { selectedAccount } = await read(session, '/iserver/accounts')
console.log(`orders would go to ${selectedAccount}`)
await session.close({ logout: true })

/** Every status resolves, so what is no answer has to be told. */
async function read(client, path) {
  const response = await client.fetch(path)
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return await response.json()
}
