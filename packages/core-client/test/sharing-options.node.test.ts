/** The options by which a client shares its token: which are taken as they are, and which are refused by name. */
import {
  createOptionReader,
  openSharedEntry,
  readCommonSettings,
  readSharing,
} from '@isoauth/core-client'
import { describe, expect, it } from 'vitest'
import { aesKey, memoryStore, wrong } from '../../../tests/support/index.ts'
import { failure, newError } from './support.ts'

const read = (options: unknown) => readSharing(createOptionReader(wrong<object>(options), newError))
const keyOf = (name: string, usages: readonly string[]) => ({ algorithm: { name }, usages })
const store = memoryStore()
const lock = () => {}

it('takes a store with keys or without, and a lock, as they are', async () => {
  const key = await aesKey()
  for (const storeKey of [key, [key], [key, await aesKey()], 'unsealed']) {
    const kept = storeKey === 'unsealed' ? storeKey : [storeKey].flat()
    expect(read({ store, storeKey, lock, other: 1 })).toEqual({ store, storeKey: kept, lock })
    expect(read({ store, storeKey })).toEqual({ store, storeKey: kept, lock: undefined })
  }
  expect(read({ lock })).toEqual({ lock })
  expect(read({})).toEqual({})
})

const usages = ['encrypt', 'decrypt']
describe.each<[string, readonly unknown[]]>([
  [
    'storeKey',
    [
      ...[undefined, null, '', 'sealed', 5, {}, [], [undefined], ['unsealed'], [{}]],
      ...[keyOf('AES-CBC', usages), keyOf('AES-GCM', ['encrypt']), keyOf('AES-GCM', ['decrypt'])],
      ...[keyOf('AES-GCM', wrong(null)), keyOf('AES-GCM', wrong(5)), Object.create(null)],
      ...[keyOf('AES-GCM', []), [keyOf('AES-GCM', usages), keyOf('AES-CBC', usages)]],
    ],
  ],
  [
    'store',
    [
      ...[undefined, null, 5, 'x', {}, { ...store, getItem: undefined }],
      ...[
        { ...store, setItem: 5 },
        { getItem() {}, setItem() {} },
      ],
    ],
  ],
])('a wrong %s', (option, values) => {
  it.each(values.map((value) => [value]))('is refused: %j', async (value) => {
    const options = { store, storeKey: 'unsealed', [option]: value }
    const error = await failure(() => read(options))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option })
  })
})

it('gives what every client has: sharing, when to retry, what keeps a runtime alive, and a listener', () => {
  const told: unknown[] = []
  const waitUntil = () => {}
  const send = async () => new Response()
  const settings = (options: object) => readCommonSettings(createOptionReader(options, newError))
  const {
    emit,
    waitUntil: kept,
    ...rest
  } = settings({
    ...{ store, storeKey: 'unsealed', lock, waitUntil, retryUnauthorized: 'never' },
    ...{ fetch: send, timeoutMs: 7 },
    onEvent: (event: unknown) => told.push(event),
  })
  expect(rest).toEqual({
    ...{ store, storeKey: 'unsealed', lock, retryUnauthorized: 'never' },
    ...{ fetch: send, timeoutMs: 7 },
  })
  expect(kept).toBeTypeOf('function')
  emit('event')
  expect(told).toEqual(['event'])
  const { emit: toNobody, ...defaults } = settings({})
  expect(defaults).toEqual({
    ...{ lock: undefined, retryUnauthorized: 'safe', waitUntil: undefined },
    ...{ fetch: undefined, timeoutMs: 20_000 },
  })
  toNobody('event')
})

it('a list of keys that is emptied later leaves no entry unsealed', async () => {
  const keys = [await aesKey()]
  const entries = memoryStore()
  const { storeKey } = read({ store: entries, storeKey: keys })
  const entry = openSharedEntry({ store: entries, storeKey, key: 'a', onEvent() {} })
  keys.length = 0
  await entry?.write('secret-1', 60_000)
  const [value] = entries.entries.values()
  expect(Buffer.from(`${value}`.slice(3), 'base64url').toString()).not.toContain('secret-1')
  expect(await entry?.read()).toBe('secret-1')
})
