/** Prints the prices of a contract as they come: `bun start [CONID]`. */
import { ibkrOAuth1Options, readConfig } from '@isoauth/cli/config'
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createBrokerageSession } from '@isoauth/ibkr-session'

const conid = Bun.argv[2] ?? '265598'
const LAST = '31'
const BID = '84'
const ASK = '86'

const config = await readConfig({ file: 'isoauth.json', env: Bun.env })
const session = createBrokerageSession({ connection: createIbkrOAuth1(ibkrOAuth1Options(config)) })
await session.open({ compete: false })
session.keepAlive()

const stream = await session.openStream()
stream.on('gap', ({ fromMs, toMs }) => console.log(`missed ${Math.round(toMs - fromMs)} ms`))
const prices = stream.subscribe({
  topic: 'md',
  key: conid,
  parameters: { fields: [LAST, BID, ASK] },
})

process.once('SIGINT', async () => {
  await stream.close() // ends the loop below
  await session.close({ logout: true })
})

console.log(`prices of ${conid}; Ctrl-C ends`)
const now: Record<string, unknown> = {}
for await (const { data } of prices) {
  Object.assign(now, data) // what has not changed is not sent again
  const { [LAST]: last = '–', [BID]: bid = '–', [ASK]: ask = '–' } = now
  console.log(`last ${last}  bid ${bid}  ask ${ask}`)
}
