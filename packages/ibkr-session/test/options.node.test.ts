/** Every option wrong or of another type: a coded refusal that names it, before anything is sent. */
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { expect, it } from 'vitest'
import { aesKey, failure, memoryStore, setUp, wrong } from './support.ts'

const connection = { fetch: async () => new Response('{}') }

const cases: readonly (readonly [option: string, values: readonly unknown[]])[] = [
  [
    'connection',
    [
      undefined,
      null,
      {},
      1,
      { fetch: 1 },
      { ...connection, webSocketUrl: 'x' },
      { ...connection, onRenewed: 1 },
    ],
  ],
  ['suppress', [null, 'o163', [1], ['O163'], [''], {}, ['o163; drop']]],
  ['cookies', ['yes', 1, {}]],
  ['onEvent', [1, {}, 'x']],
  ['waitUntil', [1, {}]],
  ['now', [1, {}]],
  ['timeoutMs', [0, -1, Number.NaN, '1', Number.POSITIVE_INFINITY]],
  ['openTimeoutMs', [0, -1, Number.NaN, '1', 86_400_001]],
  ['lock', [1, {}]],
  ['fleetSize', [null, 0, -1, 1.5, '60', Number.NaN, {}]],
  ['store', [1, {}, { getItem() {} }]],
]

it.each(cases)('createBrokerageSession refuses a wrong %s', async (option, values) => {
  for (const value of values) {
    const options = { connection, sharedAs: 'user', storeKey: 'unsealed', store: memoryStore() }
    const error = await failure(() =>
      createBrokerageSession(wrong({ ...options, [option]: value })),
    )
    expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option })
  }
})

it.each([
  [undefined, 'connection'],
  [null, 'options'],
  [1, 'options'],
  ['x', 'options'],
  [[], 'options'],
])('createBrokerageSession refuses %j for options', async (options, option) => {
  const error = await failure(() => createBrokerageSession(wrong(options)))
  expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option })
})

it('a store needs storeKey and sharedAs, a lock needs sharedAs', async () => {
  const store = memoryStore()
  const storeKey = await aesKey()
  const lock = wrong<never>((_name: string, work: () => unknown) => work())
  for (const [options, option] of [
    [{ store }, 'storeKey'],
    [{ storeKey }, 'store'],
    [{ store, storeKey }, 'sharedAs'],
    [{ lock }, 'sharedAs'],
    [{ store, storeKey, sharedAs: '' }, 'sharedAs'],
    [{ store, storeKey, sharedAs: ' user' }, 'sharedAs'],
  ] as const) {
    const error = await failure(() => createBrokerageSession(wrong({ connection, ...options })))
    expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option })
  }
})

it('methods refuse wrong options before anything is sent', async () => {
  const { session, broker } = setUp()
  const attempts: readonly (readonly [string, () => unknown])[] = [
    ['compete', () => session.open(wrong({ compete: 'true' }))],
    ['compete', () => session.open(wrong({}))],
    ['publish', () => session.open(wrong({ compete: true, publish: 1 }))],
    ['signal', () => session.open(wrong({ compete: true, signal: {} }))],
    ['options', () => session.open(wrong([]))],
    ['intervalMs', () => session.keepAlive({ intervalMs: 999 })],
    ['intervalMs', () => session.keepAlive({ intervalMs: 300_001 })],
    ['intervalMs', () => session.step(wrong({ intervalMs: '1' }))],
    ['signal', () => session.keepAlive(wrong({ signal: 1 }))],
    ...[false, 0, ''].flatMap((signal) => [
      ['signal', () => session.open(wrong({ compete: true, signal }))] as const,
      ['signal', () => session.keepAlive(wrong({ signal }))] as const,
      ['signal', () => session.step(wrong({ signal }))] as const,
      ['signal', () => session.status(wrong({ signal }))] as const,
    ]),
    ['signal', () => session.tickle(wrong({ signal: 1 }))],
    ['signal', () => session.status(wrong({ signal: 1 }))],
    ['signal', () => session.validate(wrong({ signal: 1 }))],
    ['logout', () => session.close(wrong({ logout: 'yes' }))],
    ['work', () => session.exclusive(wrong(1))],
    ['listener', () => session.on('lost', wrong(1))],
    ['type', () => session.on(wrong<'lost'>('nothing'), () => {})],
  ]
  for (const [option, attempt] of attempts) {
    expect(await failure(attempt)).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option })
  }
  expect(broker.calls).toEqual([])
})

it.each([undefined, null, true, 'x', {}])(
  'open(%j) names compete, both its values and what each does',
  async (given) => {
    const { session, broker } = setUp()
    const error = await failure(() => session.open(wrong(given)))
    expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option: 'compete' })
    expect(error['message']).toMatch(/^Option compete must be true or false/)
    expect(error['message']).toMatch(/true ends the session .* false leaves it alone/)
    expect(broker.calls).toEqual([])
  },
)

it('null is no signal, as for fetch', async () => {
  const { session } = setUp()
  await session.open(wrong({ compete: true, signal: null }))
  session.keepAlive(wrong({ signal: null }))()
  expect(await session.step(wrong({ signal: null }))).toMatchObject({ state: 'open' })
  await session.close()
})

it.each<readonly [string, object]>([
  ['a symbol', { message: Symbol('x') }],
  ['an object without a prototype', { message: Object.create(null) }],
])('what a fetch rejects with may have %s for a message', async (_, thrown) => {
  const connection = { fetch: () => Promise.reject(thrown) }
  const session = createBrokerageSession(wrong({ connection }))
  expect(await failure(() => session.tickle())).toMatchObject({ code: 'IBKR_SESSION_NETWORK' })
})

it('a connection whose fetch gives no Response is told as such', async () => {
  for (const given of [undefined, null, {}, 'x']) {
    const session = createBrokerageSession(wrong({ connection: { fetch: async () => given } }))
    const error = await failure(() => session.status())
    expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option: 'connection' })
  }
})

const refusing = (words: string) => [words, () => Promise.reject(new TypeError(words))] as const

it.each<readonly [string, unknown]>([
  ['of this platform', fetch],
  refusing("Invalid URL: '/tickle'"),
  refusing('fetch() URL is invalid'),
  refusing('Invalid URL: /tickle'),
])('a connection whose fetch takes whole addresses alone is told as such: %s', async (_, given) => {
  const session = createBrokerageSession(wrong({ connection: { fetch: given } }))
  const error = await failure(() => session.tickle())
  expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option: 'connection' })
  expect(error['message']).toContain("takes a path below the broker's base, such as /tickle")
})

it.each([
  ['something else', () => 5],
  [
    'what throws',
    () => () => {
      throw new Error('enough')
    },
  ],
])('onRenewed that gives %s keeps close from nothing', async (_, onRenewed) => {
  const { broker } = setUp()
  const connection = { fetch: broker.connection.fetch, onRenewed }
  const store = memoryStore()
  const options = { connection, store, storeKey: 'unsealed', sharedAs: 'user' }
  const session = createBrokerageSession(wrong(options))
  await session.open({ compete: true })
  await session.step()
  await session.close().catch(() => {})
  const other = setUp(
    { store, storeKey: 'unsealed', sharedAs: 'user' },
    { broker, time: { now: Date.now() } },
  )
  await other.session.open({ compete: true })
  expect(await other.session.step()).toMatchObject({ isKeeper: true })
})

it('a connection with fetch alone has sessions', async () => {
  const { broker } = setUp()
  const session = createBrokerageSession(wrong({ connection: { fetch: broker.connection.fetch } }))
  await session.open({ compete: true })
  expect(session.health().state).toBe('open')
  await session.close()
})

it('after close, everything is refused, and closing again is nothing', async () => {
  const { session } = setUp()
  await session.close()
  await session.close()
  for (const attempt of [
    () => session.open({ compete: true }),
    () => session.fetch('/iserver/accounts'),
    () => session.tickle(),
    () => session.keepAlive(),
    () => session.step(),
    () => session.exclusive(async () => {}),
  ]) {
    expect((await failure(attempt))['code']).toBe('IBKR_SESSION_CLOSED')
  }
})

it('is closed by await using', async () => {
  const { session } = setUp()
  const symbol = (Symbol as { readonly asyncDispose?: symbol }).asyncDispose
  const dispose =
    wrong<Record<symbol, () => Promise<void>>>(session)[symbol ?? Symbol.for('Symbol.asyncDispose')]
  await dispose?.()
  expect(session.health().state).toBe('closed')
})
