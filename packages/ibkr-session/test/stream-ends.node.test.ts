/** What ends of a stream, a history and a silence leave behind, on a fake clock. In Node alone, for its fake timers. */
import { expect, it } from 'vitest'
import { setUpByTimers, useFakeClock } from './fake-clock.ts'
import { makeSockets, setUpStream } from './stream-support.ts'

const pass = useFakeClock()

async function start(...[options, onOpen]: Parameters<typeof setUpStream>) {
  const opening = setUpStream(options, onOpen, setUpByTimers())
  await pass(3000)
  return await opening
}

it('several streams whose sockets fail wake each other by none of their tickles', async () => {
  const setup = setUpByTimers()
  const { sockets, webSocket } = makeSockets()
  let attempts = 0
  let isDown = false
  const openings = [1, 2].map(async () => {
    await setup.session.open({ compete: true })
    return await setup.session.openStream({
      webSocket(url, init) {
        attempts++
        if (isDown || webSocket === undefined) throw new TypeError('down')
        return webSocket(url, init)
      },
    })
  })
  await pass(5000)
  await Promise.all(openings)
  const tickles = setup.broker.count('/tickle')
  isDown = true
  attempts = 0
  for (const socket of sockets) socket.cut()
  await pass(1_800_000)
  // A second, doubling to five minutes: about twelve for each.
  expect(attempts).toBeLessThan(30)
  expect(setup.broker.count('/tickle') - tickles).toBeLessThan(30)
  // A tickle of the keeper's ends the waits of both.
  await setup.session.tickle()
  attempts = 0
  await pass(2500)
  expect(attempts).toBe(2)
  await setup.session.close()
})

it.each(['ready', 'lost', 'gap', 'message'] as const)(
  'a stream that is closed by a listener for %s tells nothing more, and reconciles nothing more',
  async (type) => {
    let isClosing = false
    let reconciled = 0
    const { stream, told, socket, stop } = await start({
      async reconcile() {
        reconciled++
        return [1, 2, 3].map((n) => ({ topic: 'md' as const, key: '1', data: { n } }))
      },
    })
    const prices = stream.subscribe({ topic: 'md', key: '1' })
    stream.on(type, () => {
      if (isClosing) void stream.close()
    })
    isClosing = true
    socket().cut()
    await pass(10_000)
    expect(told.at(-1)).toEqual({ type: 'closed' })
    expect(told.filter((event) => event.type === 'message').length).toBe(Number(type === 'message'))
    expect(reconciled).toBe(Number(type === 'message'))
    expect(stream.health()).toMatchObject({ state: 'closed' })
    expect(prices.buffered).toBe(0)
    await stop()
  },
)

it('a listener for messages that were kept back closes the stream: the rest is not told', async () => {
  let finish = () => {}
  const { stream, told, socket, stop } = await start({
    reconcile: () =>
      new Promise<void>((resolve) => {
        finish = resolve
      }),
  })
  stream.subscribe({ topic: 'md', key: '1' })
  socket().cut()
  await pass(3000)
  for (let price = 0; price < 3; price++) socket().say({ topic: 'smd+1', 31: `${price}` })
  stream.on('message', () => void stream.close())
  finish()
  await pass(100)
  expect(told.slice(-3).map(({ type }) => type)).toEqual(['reconciled', 'message', 'closed'])
  await stop()
})

it('history that is asked for again before its id was told is asked for once the other is ended', async () => {
  const { stream, socket, told, stop } = await start()
  const early = stream.subscribe({ topic: 'mh', key: '1', parameters: { period: '1d' } })
  await early.close()
  const later = stream.subscribe({ topic: 'mh', key: '1', parameters: { period: '5d' } })
  const other = stream.subscribe({ topic: 'mh', key: '2' })
  expect(socket().frames).toEqual(['smh+1+{"period":"1d"}', 'smh+2+{}'])
  socket().say({ topic: 'smh+1', serverId: 'A', data: [] })
  expect(socket().frames.slice(2)).toEqual(['umh+A+{}', 'smh+1+{"period":"5d"}'])
  // What was under way of the one that was ended is for nobody, and its id is not that of the later one.
  socket().say({ topic: 'smh+1', serverId: 'B', data: [] })
  socket().say({ topic: 'smh+1', serverId: 'A', data: [] })
  expect([later.buffered, other.buffered]).toEqual([1, 0])
  expect(told.at(-1)).toMatchObject({ type: 'frame-dropped', reason: 'not-subscribed' })
  await later.close()
  expect(socket().frames.at(-1)).toBe('umh+B+{}')
  await stop()
})

it('history waits for no more than ten seconds for one that was refused, and for none on the next socket', async () => {
  const { stream, socket, stop } = await start({}, (next) => {
    next.login()
  })
  await stream.subscribe({ topic: 'mh', key: '1', parameters: { period: 'wrong' } }).close()
  const later = stream.subscribe({ topic: 'mh', key: '1' })
  socket().say({ topic: 'error', error: 'period' })
  await pass(10_000)
  expect(socket().frames).toEqual(['smh+1+{"period":"wrong"}', 'smh+1+{}'])
  socket().say({ topic: 'smh+1', serverId: 'B', data: [] })
  expect(later.buffered).toBe(1)
  await later.close()
  expect(socket().frames.at(-1)).toBe('umh+B+{}')

  await stream.subscribe({ topic: 'mh', key: '2' }).close()
  stream.subscribe({ topic: 'mh', key: '2' })
  socket().cut()
  await pass(3000)
  expect(socket().frames).toEqual(['smh+2+{}'])
  await stop()
})

it('a sixth history waits until one that was ended has given its place back', async () => {
  const { stream, socket, stop } = await start()
  const [first] = ['1', '2', '3', '4', '5'].map((key) => stream.subscribe({ topic: 'mh', key }))
  await first?.close()
  stream.subscribe({ topic: 'mh', key: '6' })
  expect(socket().frames.length).toBe(5)
  socket().say({ topic: 'smh+1', serverId: 'A', data: [] })
  expect(socket().frames.slice(5)).toEqual(['umh+A+{}', 'smh+6+{}'])
  await stop()
})

it('history that is asked for again is given nothing of the one that was ended', async () => {
  const { stream, socket, stop } = await start()
  const first = stream.subscribe({ topic: 'mh', key: '1' })
  socket().say({ topic: 'smh+1', serverId: 'A', data: [1] })
  await first.close()
  const second = stream.subscribe({ topic: 'mh', key: '1' })
  socket().say({ topic: 'smh+1', serverId: 'A', data: [2] })
  expect(second.buffered).toBe(0)
  await second.close()
  socket().say({ topic: 'smh+1', serverId: 'B', data: [3] })
  expect(socket().frames.slice(1)).toEqual(['umh+A+{}', 'smh+1+{}', 'umh+B+{}'])
  await stop()
})

it('an id whose end was confirmed may be that of a later history', async () => {
  const { stream, socket, stop } = await start()
  await stream.subscribe({ topic: 'mh', key: '1' }).close()
  socket().say({ topic: 'smh+1', serverId: '7', data: [] })
  const later = stream.subscribe({ topic: 'mh', key: '1' })
  socket().say({ topic: 'smh+1', serverId: '7', data: [1] })
  expect(later.buffered).toBe(0)
  socket().say({ message: 'Unsubscribed 7' })
  socket().say({ topic: 'smh+1', serverId: '7', data: [2] })
  expect(later.buffered).toBe(1)
  await later.close()
  expect(socket().frames).toEqual(['smh+1+{}', 'umh+7+{}', 'smh+1+{}', 'umh+7+{}'])
  await stop()
})

it('a history that waits and is closed is never asked for, and what it waited for is ended all the same', async () => {
  const { stream, socket, stop } = await start()
  await stream.subscribe({ topic: 'mh', key: '1' }).close()
  await stream.subscribe({ topic: 'mh', key: '1' }).close()
  await pass(30_000)
  expect(socket().frames).toEqual(['smh+1+{}'])
  socket().say({ topic: 'smh+1', serverId: 'A', data: [] })
  expect(socket().frames.slice(1)).toEqual(['umh+A+{}'])
  await stop()
})

it('many filtered calls for orders at once are mended by one call with force=true', async () => {
  const { session, stream, broker, kinds, stop } = await start()
  stream.subscribe({ topic: 'or' })
  await pass(10_000)
  const calls = Array.from({ length: 8 }, () =>
    session.fetch('/iserver/account/orders?filters=filled'),
  )
  await Promise.all(calls)
  await pass(30_000)
  const forced = broker.calls.filter(({ query }) => query === '?force=true')
  expect(forced.length).toBe(1)
  expect(kinds().filter((kind) => kind === 'gap').length).toBe(1)
  await stop()
})

it('the same parameters in another order are the same subscription', async () => {
  const { stream, socket, stop } = await start()
  stream.subscribe({ topic: 'tr', parameters: { days: 1, realtimeUpdatesOnly: true } })
  stream.subscribe({ topic: 'tr', parameters: { realtimeUpdatesOnly: true, days: 1 } })
  expect(socket().frames).toEqual(['str+{"days":1,"realtimeUpdatesOnly":true}'])
  expect(() => stream.subscribe({ topic: 'tr', parameters: { days: 2 } })).toThrow('parameters')
  stream.subscribe({
    topic: 'md',
    key: '1',
    parameters: { fields: ['31'], more: { a: 1, b: [2] } },
  })
  stream.subscribe({
    topic: 'md',
    key: '1',
    parameters: { more: { b: [2], a: 1 }, fields: ['31'] },
  })
  expect(socket().frames.slice(1)).toEqual(['smd+1+{"fields":["31"],"more":{"a":1,"b":[2]}}'])
  const other = { fields: ['31'], more: { a: 1, b: [3] } }
  expect(() => stream.subscribe({ topic: 'md', key: '1', parameters: other })).toThrow('parameters')
  await stop()
})

it('a HEAD for orders has its turn among those of a stream', async () => {
  const { session, stream, broker, stop } = await start()
  await pass(10_000)
  await session.fetch('/iserver/account/orders', { method: 'HEAD' })
  const since = broker.calls.length
  stream.subscribe({ topic: 'or' })
  await pass(4000)
  expect(broker.calls.slice(since).map(({ path }) => path)).not.toContain('/iserver/account/orders')
  await stop()
})
