/**
 * One process of a fleet: sessions of one user name that share their token and their session through an engine. Told by
 * messages what to do; tells by messages what happened.
 */
import { exit } from 'node:process'
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { type BrokerageSession, createBrokerageSession } from '@isoauth/ibkr-session'
import { shareByDurableObject } from './durable-object-sharing.ts'
import type { Sharing } from './engine.ts'
import type { Order, Report, Start } from './members.ts'
import { shareByRedis } from './redis-sharing.ts'

/** So much that a busy machine is no failure. */
const TIMEOUT_MS = 120_000
const sessions: BrokerageSession[] = []

process.on('message', (order: Order) => {
  carryOut(order).then(report, (error) =>
    report({ type: 'failed', id: order.id, error: textOf(error) }),
  )
})
// The test that started it has died.
process.on('disconnect', () => exit(1))
report({ type: 'ready' })

async function carryOut(order: Order): Promise<Report> {
  const { id } = order
  if (order.type === 'start') return await start(order)
  if (order.type === 'call') {
    const calls = Array.from({ length: order.callers }, (_, i) => call(i))
    const outcomes = await Promise.all(calls)
    return { type: 'called', id, failures: outcomes.filter((outcome) => outcome !== '200') }
  }
  if (order.type === 'health') {
    return { type: 'health', id, healths: sessions.map((session) => session.health()) }
  }
  await Promise.all(sessions.map((session) => session.close()))
  setTimeout(() => exit(0), 50)
  return { type: 'done', id }
}

async function start({ id, sharing: engine, oauth1, storeKey, size, intervalMs }: Start) {
  const key = await crypto.subtle.importKey(
    'raw',
    Buffer.from(storeKey, 'base64'),
    'AES-GCM',
    false,
    ['encrypt', 'decrypt'],
  )
  for (let member = 0; member < size; member++) {
    // What a member of a fleet has: connections of its own.
    const sharing = { ...shareBy(engine), storeKey: key }
    const tell = (event: object) => report({ type: 'event', member, event })
    const connection = createIbkrOAuth1({
      ...oauth1,
      ...sharing,
      fetch: fetchTwice,
      timeoutMs: TIMEOUT_MS,
      onEvent: tell,
    } as never)
    const options = {
      connection,
      ...sharing,
      timeoutMs: TIMEOUT_MS,
      sharedAs: 'sandboxuser',
      onEvent: tell,
    }
    sessions.push(createBrokerageSession(options))
  }
  await Promise.all(
    sessions.map(async (session) => {
      await session.open({ compete: true })
      session.keepAlive({ intervalMs })
    }),
  )
  return { type: 'done', id } as const
}

function shareBy({ engine, port }: Sharing) {
  return engine === 'redis'
    ? shareByRedis(`redis://127.0.0.1:${port}`)
    : shareByDurableObject(`http://127.0.0.1:${port}`)
}

/**
 * Once more where the connection broke: a kept one may be closed by the server in the moment in which a busy machine
 * uses it again, and that is not what is tested.
 */
function fetchTwice(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, init).catch((error: unknown) => {
    init.signal?.throwIfAborted()
    if (!(error instanceof TypeError)) throw error
    return fetch(url, init)
  })
}

async function call(caller: number): Promise<string> {
  try {
    const session = sessions[caller % sessions.length] as BrokerageSession
    const response = await session.fetch('/iserver/accounts')
    await response.body?.cancel()
    return String(response.status)
  } catch (error) {
    return textOf(error)
  }
}

function textOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message: string }
  return `${code}: ${message}`
}

function report(what: Report): void {
  process.send?.(what)
}
