/** The runtime's own WebSocket under a stream: login, data, a cut with its gap, and what the upgrade request carried. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { type BrokerStream, createBrokerageSession, type StreamEvent } from '@isoauth/ibkr-session'
import { type Check, type Context, equal, failsWith, same } from './check.ts'
import { firstParty } from './sandboxes.ts'

/** The server answers this path with the sockets that it saw, to any page; the event of its query happens at its broker. */
export const BROKER = '/suite/broker'

const CONTRACT = '265598'
const WAIT_MS = 10_000

/** What the sandbox remembers of a socket. */
interface Socket {
  readonly login: string | null
  readonly hadCookie: boolean
  readonly userAgent: string | null
  readonly closedAtMs: number | null
  readonly subscriptions: readonly string[]
}

export const streamOverHttp: readonly Check[] = [
  {
    name: 'over a socket: a stream logs in in the way of its runtime, and a cut is one gap',
    async run({ origin }) {
      const session = createBrokerageSession({ connection: createIbkrOAuth1(firstParty(origin)) })
      await session.open({ compete: true })
      const { WebSocket } = globalThis as { readonly WebSocket?: unknown }
      if (WebSocket === undefined) {
        // Node 20 and edge-light have none, and are told what to give.
        const refused = await failsWith('IBKR_SESSION_OPTION_INVALID', () => session.openStream())
        equal(refused['option'], 'webSocket')
        await session.close()
        return
      }
      const events: StreamEvent[] = []
      const stream = await session.openStream({
        userAgent: 'isoauth-suite/1',
        reconcile: async () => [{ topic: 'or', data: { found: true } }],
        onEvent: (event) => void events.push(event),
      })
      await walk({ origin, stream, events }).finally(() => session.close())
      equal(stream.health().state, 'closed')
      // workerd keeps the connection beneath a socket that both sides have closed until its task is over.
      if (globalThis.navigator?.userAgent === 'Cloudflare-Workers') return
      await until(
        'the socket is closed',
        async () => (await lastSocket(origin)).closedAtMs !== null,
      )
    },
  },
]

interface Walk extends Pick<Context, 'origin'> {
  readonly stream: BrokerStream
  readonly events: readonly StreamEvent[]
}

async function walk({ origin, stream, events }: Walk): Promise<void> {
  const { login, hadCookie, userAgent } = await lastSocket(origin)
  const asked = expectedUpgrade()
  same([login, hadCookie], [asked.login, asked.hadCookie])
  equal(asked.userAgent.test(String(userAgent)), true)

  const prices = stream.subscribe({ topic: 'md', key: CONTRACT, parameters: { fields: ['31'] } })
  const orders = stream.subscribe({ topic: 'or' })
  const areAsked = async () => (await lastSocket(origin)).subscriptions.length === 2
  await until('both are subscribed to', areAsked)
  await play(origin, { kind: 'market-data', conid: Number(CONTRACT), fields: { '31': '190.5' } })
  for await (const { data } of prices) {
    if (data['31'] === '190.5') break
  }

  await play(origin, { kind: 'cut' })
  await until('the stream is back', async () => events.some(({ type }) => type === 'reconciled'))
  const kinds = events.map(({ type }) => type)
  same(
    ['lost', 'gap', 'ready'].map((kind) => kinds.filter((type) => type === kind).length),
    [1, 1, 2],
  )
  for await (const { isReconciled, data } of orders) {
    same([isReconciled, data], [true, { found: true }])
    break
  }
  await until('both are subscribed to again', areAsked)
}

/** A page can set neither cookie nor `User-Agent`; Deno keeps its own. */
function expectedUpgrade() {
  const { document, Deno } = globalThis as { readonly document?: unknown; readonly Deno?: unknown }
  if (document !== undefined) {
    return { login: 'first-frame', hadCookie: false, userAgent: /^Mozilla\/5\.0 / }
  }
  const userAgent = Deno === undefined ? /^isoauth-suite\/1$/ : /^Deno\//
  return { login: 'cookie', hadCookie: true, userAgent }
}

async function lastSocket(origin: string): Promise<Socket> {
  const response = await fetch(origin + BROKER)
  const { sockets } = (await response.json()) as { readonly sockets: readonly Socket[] }
  const last = sockets.at(-1)
  if (last === undefined) throw new Error('the sandbox has seen no socket')
  return last
}

async function play(origin: string, event: object): Promise<void> {
  const query = `?event=${encodeURIComponent(JSON.stringify(event))}`
  equal((await fetch(origin + BROKER + query)).status, 200)
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + WAIT_MS; !(await isSo()); ) {
    if (Date.now() > endMs)
      throw new Error(`within ${WAIT_MS} ms it did not come to be that ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
