/** One of many processes for one user name: they sign in once, and one of them keeps the brokerage session. */
import { ibkrOAuth1Options, readConfig } from '@isoauth/cli/config'
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { shareByRedis } from './sharing.js'

const { REDIS_URL = 'redis://127.0.0.1:6379', STORE_KEY } = process.env
// An empty one is what a command that failed leaves behind.
if (!STORE_KEY) throw new Error('STORE_KEY is not set: npx isoauth keygen --store-key')

const raw = Buffer.from(STORE_KEY, 'base64')
const usages = /** @type {const} */ (['encrypt', 'decrypt'])
const storeKey = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, usages)
const { end, ...shared } = shareByRedis(REDIS_URL)
const sharing = { ...shared, storeKey, onEvent: tell }

const config = await readConfig({ file: 'isoauth.json', env: process.env })
const connection = createIbkrOAuth1({ ...ibkrOAuth1Options(config), ...sharing })
const session = createBrokerageSession({ connection, ...sharing, sharedAs: 'me', fleetSize: 8 })
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await session.close() // hands over to another member
    await end()
  })
}

await session.open({ compete: false }) // or joins the session that another member keeps
session.keepAlive()

const response = await session.fetch('/iserver/accounts')
console.log(`member ${process.pid}: ${response.status} ${await response.text()}`)

function tell({ type, ...event }) {
  console.log(`member ${process.pid}: ${type}`, event)
}
