import {
  copyKey,
  createListeners,
  createOptionReader,
  readDurationMs,
  readFlag,
  readFunction,
  readNow,
  readSeconds,
  readSignal,
  readText,
  readUrl,
  readUserAgent,
  readWaitUntil,
  readWord,
} from '@isoauth/core-client'
import { describe, expect, it } from 'vitest'
import { failure, newError, settle } from './support.ts'

interface Options {
  readonly name?: unknown
  readonly userAgent?: unknown
  readonly now?: unknown
  readonly waitUntil?: unknown
  readonly signal?: unknown
  readonly timeoutMs?: unknown
  readonly expiresInSeconds?: unknown
}
const throwing = () =>
  Object.defineProperty({}, 'then', {
    get() {
      throw new Error('secret-1')
    },
  })
const read = (options: Options) => createOptionReader(options, newError)

describe.each<
  [string, (name: unknown) => unknown, good: readonly unknown[], bad: readonly unknown[]]
>([
  [
    'text',
    (name) => readText(read({ name }), 'name', 'a text of the portal'),
    ['a', 'a b', 'é'],
    [undefined, null, '', ' a', 'a\n', 'a\u0007b', 5, {}],
  ],
  ['flag', (name) => readFlag(read({ name }), 'name'), [true, false], [null, 0, 'true']],
  [
    'function',
    (name) => readFunction(read({ name }), 'name'),
    [Date.now, undefined],
    [null, 'x', {}],
  ],
  ['word', (name) => readWord(read({ name }), 'name', ['a', 'b']), ['a', 'b'], [null, 'c', 0, 'A']],
  [
    'durationMs',
    (name) => readDurationMs(read({ name }), 'name', 7),
    [0.5, 86_400_000],
    [null, 0, -1, 86_400_001, Number.NaN, Number.POSITIVE_INFINITY, '5'],
  ],
  [
    'seconds',
    (name) => readSeconds(read({ name }), 'name', 7, 300),
    [1, 300],
    [null, 0, 301, 1.5, Number.NaN, '5'],
  ],
])('%s', (_, take, good, bad) => {
  it.each(good)('takes %j', (value) => {
    expect(take(value)).toBe(value)
  })

  it.each(bad)('refuses %j by name and kind, not by value', async (value) => {
    const error = await failure(() => take(value))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'name' })
    expect(error['message']).toMatch(/^Option name must be .+; got [a-z ]+:?\.$/)
  })
})

describe('now', () => {
  it.each([0, 1.5, 8.64e15])('may give %j', (ms) => {
    expect(readNow(createOptionReader({ now: () => ms }, newError))()).toBe(ms)
  })

  it.each([undefined, null, Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300, '5', new Date(0)])(
    'that gives %j is refused when it does',
    async (ms) => {
      const now = readNow(createOptionReader({ now: () => ms }, newError))
      expect(await failure(now)).toMatchObject({ code: 'OPTION_INVALID', option: 'now' })
    },
  )

  it.each([null, 5, {}])('is refused where it is %j', async (now) => {
    const error = await failure(() => readNow(createOptionReader({ now }, newError)))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'now' })
  })
})

describe('waitUntil', () => {
  it('is given the promise', () => {
    const given: unknown[] = []
    const promise = Promise.resolve()
    readWaitUntil(
      createOptionReader({ waitUntil: (one: unknown) => void given.push(one) }, newError),
    )?.(promise)
    expect(given).toEqual([promise])
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new TypeError('Illegal invocation')
      },
    ],
    ['rejects', () => Promise.reject(new Error('over'))],
  ])('that %s harms nobody', async (_, waitUntil) => {
    const unhandled: unknown[] = []
    const onUnhandled = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', onUnhandled)
    readWaitUntil(createOptionReader({ waitUntil }, newError))?.(Promise.resolve())
    await settle()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', onUnhandled)
    expect(unhandled).toEqual([])
  })

  it.each([null, 5, {}])('is refused where it is %j', async (waitUntil) => {
    const error = await failure(() => readWaitUntil(createOptionReader({ waitUntil }, newError)))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'waitUntil' })
  })
})

it('gives defaults where nothing is given', () => {
  const reader = read({})
  expect(readText(reader, 'name', 'a text', 'usual')).toBe('usual')
  expect(readUserAgent(reader)).toBe('isoauth')
  expect(readUrl(reader, 'name', 'https://api.example.com/v1/').href).toBe(
    'https://api.example.com/v1',
  )
  expect(readWord(reader, 'name', ['a', 'b'])).toBe('a')
  expect(readFlag(reader, 'name')).toBe(false)
  expect(readDurationMs(reader, 'name', 7)).toBe(7)
  expect(readSeconds(reader, 'name', 7, 300)).toBe(7)
  expect(readSignal(reader)).toBeUndefined()
})

it.each([
  ['userAgent', (reader: ReturnType<typeof read>) => readUserAgent(reader), 'ü'],
  ['signal', (reader: ReturnType<typeof read>) => readSignal(reader), {}],
  ['signal', (reader: ReturnType<typeof read>) => readSignal(reader), new AbortController()],
  ['signal', (reader: ReturnType<typeof read>) => readSignal(reader), { throwIfAborted() {} }],
  [
    'signal',
    (reader: ReturnType<typeof read>) => readSignal(reader),
    { throwIfAborted() {}, addEventListener() {} },
  ],
])('refuses a wrong %s', async (option, take, value) => {
  const error = await failure(() => take(read({ [option]: value })))
  expect(error).toMatchObject({ code: 'OPTION_INVALID', option })
})

it('takes an AbortSignal, and null for none', () => {
  const { signal } = new AbortController()
  expect(readSignal(read({ signal }))).toBe(signal)
  expect(readSignal(read({ signal: null }))).toBeUndefined()
})

it('nothing at all is an object without options: what is required is named', async () => {
  const reader = read(undefined as never)
  expect(reader.value('name')).toBeUndefined()
  expect(readFunction(reader, 'name')).toBeUndefined()
  const error = await failure(() => readText(reader, 'name', 'a name'))
  expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'name' })
})

it.each([null, 5, 'x', [], Promise.resolve({ name: 'x' })])(
  'refuses %j for options',
  async (options) => {
    const error = await failure(() => read(options as never))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'options' })
  },
)

const QUOTED = 'a text in quotation marks'

it.each([
  ['a line break at the end', 'secret-1\n', 'a text that ends with a line break'],
  ['a line break of Windows', 'secret-1\r\n', 'a text that ends with a line break'],
  ['a blank at the end', 'secret-1 ', 'a text with blanks around it'],
  ['a blank at the start', '\tsecret-1', 'a text with blanks around it'],
  ['quotation marks around', '"secret-1"', QUOTED],
  ['apostrophes around', "'secret-1'", QUOTED],
  ['blanks alone', ' \n', 'a text that ends with a line break'],
  ['a line break within', 'secret\n-1', 'a text with a control character in it'],
  ['another control character', 'secret\u0000-1', 'a text with a control character in it'],
  ['a lone surrogate', 'secret\ud800-1', 'a text with half of a character in it'],
  ['a promise', Promise.resolve('secret-1'), 'a promise that was not awaited'],
  ['an object', {}, 'object'],
  ['an object that throws when it is looked at', throwing(), 'object'],
  ['an empty text', '', 'an empty string'],
  ['nothing', undefined, 'undefined'],
])('a refused text is told by what is wrong with it: %s', async (_, name, what) => {
  const error = await failure(() => readText(read({ name }), 'name', 'a name'))
  expect(error['message']).toBe(`Option name must be a name, without outer blanks; got ${what}.`)
})

it.each([
  ['http://api.example.com/v1', 'a text that begins with http:'],
  ['api.example.com/v1', 'string'],
  ['https://api.example.com/v1?a=1', 'string'],
  ['https://api.example.com/v1\n\n ', 'a text that ends with a line break'],
])('a refused URL is told by what is wrong with it: %j', async (name, what) => {
  const error = await failure(() => readUrl(read({ name }), 'name', 'https://api.example.com'))
  expect(error['message']).toBe(
    `Option name must be an https:// URL without user, query and fragment (http:// on this machine only); got ${what}.`,
  )
})

describe('an option under another spelling', () => {
  it.each<[string, object, (reader: ReturnType<typeof read>) => unknown]>([
    ['name', { Name: 'x' }, (reader) => reader.value('name')],
    ['name', { NAME: 'x' }, (reader) => readText(reader, 'name', 'a name')],
    ['name', { na_me: 'x' }, (reader) => readText(reader, 'name', 'a name', 'usual')],
    ['name', { 'na-me': 'x' }, (reader) => readUrl(reader, 'name', 'https://api.example.com')],
    ['name', { name: undefined, Name: 'x' }, (reader) => readWord(reader, 'name', ['a', 'b'])],
    ['name', { Name: true }, (reader) => readFlag(reader, 'name')],
    ['name', { Name() {} }, (reader) => readFunction(reader, 'name')],
    ['name', { Name: 5 }, (reader) => readDurationMs(reader, 'name', 7)],
    ['name', { Name: 5 }, (reader) => readSeconds(reader, 'name', 7, 300)],
    ['userAgent', { user_agent: 'x' }, (reader) => readUserAgent(reader)],
    ['signal', { Signal: new AbortController().signal }, (reader) => readSignal(reader)],
    ['now', { NOW: () => 1 }, (reader) => readNow(reader)],
    ['waitUntil', { waituntil() {} }, (reader) => readWaitUntil(reader)],
    ['timeoutMs', { timeout: 5 }, (reader) => readDurationMs(reader, 'timeoutMs', 7)],
    ['timeoutMs', { timeoutSeconds: 5 }, (reader) => readDurationMs(reader, 'timeoutMs', 7)],
    [
      'expiresInSeconds',
      { expiresIn: 5 },
      (reader) => readSeconds(reader, 'expiresInSeconds', 7, 300),
    ],
  ])('is refused, and both are named: %s', async (option, given, take) => {
    const error = await failure(() => take(read(given)))
    const [key = ''] = Object.keys(given).filter((name) => name !== option)
    expect(error).toMatchObject({
      code: 'OPTION_INVALID',
      option,
      message: `Option ${option} is spelled ${key}, and would be left out. Write ${option}.`,
    })
  })

  it('is not looked at where the right one is given', () => {
    expect(read({ name: 'x', ...{ NAME: 'y' } }).value('name')).toBe('x')
    const others = { userAgent: 'x', ...{ names: 'y', nam: 'z' } }
    expect(read(others).value('name')).toBeUndefined()
  })
})

describe('listeners', () => {
  it('that replace themselves while they are told are told once', () => {
    const { add, emit } = createListeners<number>()
    const told: number[] = []
    const listen = () => {
      const stop = add((event) => {
        told.push(event)
        if (told.length > 10) return
        stop()
        listen()
      })
    }
    listen()
    emit(1)
    emit(2)
    expect(told).toEqual([1, 2])
  })

  it('that another one takes away while it is told are not told', () => {
    const { add, emit } = createListeners<number>()
    const told: number[] = []
    add(() => stop())
    const stop = add((event) => void told.push(event))
    emit(1)
    expect(told).toEqual([])
  })
})

describe('the copy of a key', () => {
  it.each([
    ['bytes', Uint8Array.of(1, 2, 3)],
    ['a Buffer, whose own slice is no copy', Buffer.from([1, 2, 3])],
  ])('is made of %s', (_, bytes) => {
    const copy = copyKey(bytes)
    bytes.fill(0)
    expect([...copy]).toEqual([1, 2, 3])
  })

  it('is made of a JSON Web Key', () => {
    const jwk = { kty: 'RSA', d: 'secret' }
    const copy = copyKey(jwk)
    jwk.d = ''
    expect(copy).toEqual({ kty: 'RSA', d: 'secret' })
  })

  it.each([
    undefined,
    null,
    'x',
    5,
    Symbol('x'),
    () => {},
    {},
    Object.create(null),
    Promise.resolve(),
  ])('is what was given, where that cannot be wiped: %o', (key) => {
    expect(copyKey(key)).toBe(key)
  })
})
