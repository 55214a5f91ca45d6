/** Frames of the broker, each read into what it is. */
import { describe, expect, it } from 'vitest'
import { readFrame } from '../src/internal/stream/frame.ts'

const SECRET = 'Qz7-Wm4.Kp9_Tx2'
const read = (frame: unknown, secrets: readonly string[] = ['', SECRET]) =>
  readFrame(typeof frame === 'string' ? frame : JSON.stringify(frame), secrets)
const droppedAs = (reason: string, length: number, topic?: string) => ({
  kind: 'event',
  event: { type: 'frame-dropped', reason, length, ...(topic !== undefined && { topic }) },
})
const event = (about: object) => ({ kind: 'event', event: about })
const nothing = { kind: 'nothing' }
const waiting = { kind: 'waiting-for-session' }

it.each<[unknown, object]>([
  ['waiting for session', waiting],
  [' "Waiting for Session" \n', waiting],
  [{ message: 'still waiting for session …' }, waiting],
  [{ topic: 'sts', message: 'WAITING FOR SESSION' }, waiting],
  ['not waiting for session', droppedAs('not-json', 23)],
  ['waiting for session data', droppedAs('not-json', 24)],
  ['tic', nothing],
  [' tic\n', nothing],
  ['tick', droppedAs('not-json', 4)],
  ['TIC', droppedAs('not-json', 3)],
  [{ topic: 'system', hb: 5 }, { kind: 'heartbeat' }],
  [{ topic: 'system', success: 'user' }, nothing],
  [{ topic: 'tic', alive: true }, nothing],
  ['[]', droppedAs('not-json', 2)],
  ['', droppedAs('not-json', 0)],
  [{ message: ['waiting for session'] }, droppedAs('not-json', 35)],
  [{ topic: 5 }, droppedAs('not-json', 11)],
  [{ topic: 'xyz' }, droppedAs('unknown-topic', 15, 'xyz')],
  [{ topic: 'mmd+1' }, droppedAs('unknown-topic', 17, 'mmd+1')],
  [{ topic: 'xmd+1' }, droppedAs('unknown-topic', 17, 'xmd+1')],
  [{ topic: `s${'x'.repeat(50)}` }, droppedAs('unknown-topic', 63, `s${'x'.repeat(39)}`)],
  [{ topic: 'umd+265598' }, nothing],
  [{ message: 'Unsubscribed 20477' }, { kind: 'ended', serverId: '20477' }],
  [{ result: 'unsubscribed from summary' }, { kind: 'ended' }],
  [{ result: 'unsubscribed from ledger' }, { kind: 'ended' }],
  [{ result: 'subscribed' }, droppedAs('not-json', 23)],
  [{ topic: 'smd+1', message: 'Unsubscribed 1' }, { kind: 'data' }],
  [{ error: 'a', code: 3 }, event({ type: 'refused', message: 'a' })],
  [{ error: { code: 3 } }, droppedAs('not-json', 20)],
  [{ topic: 'smd+1', error: 'a' }, { kind: 'data' }],
])('%j', (frame, expected) => {
  expect(read(frame)).toMatchObject(expected)
})

describe('data', () => {
  it.each([
    ['smd+265598', 'md', '265598'],
    ['smh+1+2', 'mh', '1+2'],
    ['sor', 'or', ''],
  ])('of %s has its topic, its key and its length', (topic, word, key) => {
    const fields = { topic, 31: '170.1' }
    expect(read(fields)).toEqual({
      ...{ kind: 'data', topic: word, key, data: fields },
      length: JSON.stringify(fields).length,
    })
  })

  it('that repeats a secret is dropped, and not what has none', () => {
    const fields = { topic: 'smd+1', x: `got ${SECRET}` }
    const { length } = JSON.stringify(fields)
    expect(read(fields)).toEqual(droppedAs('secret', length, 'smd'))
    expect(read(fields, [''])).toMatchObject({ kind: 'data' })
  })
})

describe('a frame of the login', () => {
  it.each<[object, object]>([
    [{ args: { authenticated: true } }, { authenticated: true }],
    [{ args: { connected: false, competing: true } }, { connected: false, competing: true }],
    [{ args: { authenticated: 'yes', connected: 1 } }, {}],
    [
      { args: { message: 'a\u0000b', fail: 'x'.repeat(400) } },
      { message: 'a b', fail: 'x'.repeat(300) },
    ],
    [{ args: { message: '', fail: SECRET } }, {}],
    [{ args: 'none' }, {}],
    [{ competing: true }, { competing: true }],
  ])('%j', (fields, flags) => {
    expect(read({ topic: 'sts', ...fields })).toEqual({ kind: 'login', flags })
  })
})

describe('what the broker tells', () => {
  it('are accounts, cleaned, and a thousand at most', () => {
    const accounts = ['DU1', 5, '', SECRET, 'D'.repeat(50), 'a\nb']
    const told = ['DU1', 'D'.repeat(40), 'a b']
    expect(read({ topic: 'act', args: { accounts } })).toEqual(
      event({ type: 'accounts', accounts: told }),
    )
    for (const args of [{}, { accounts: 'DU1' }, null]) {
      expect(read({ topic: 'act', args })).toEqual(event({ type: 'accounts', accounts: [] }))
    }
    const many = Array(1001).fill('DU1')
    expect(read({ topic: 'act', args: { accounts: many } })).toEqual(
      event({ type: 'accounts', accounts: many.slice(1) }),
    )
  })

  it.each(['ntf', 'blt'])('are notices: %s', (topic) => {
    const notice = (title: unknown, text: unknown) => event({ type: 'notice', topic, title, text })
    const title = 't'.repeat(100)
    expect(read({ topic, args: { title, text: 'b' } })).toEqual(notice('t'.repeat(80), 'b'))
    expect(read({ topic, args: { message: 'b' } })).toEqual(notice(undefined, 'b'))
    expect(read({ topic, args: { text: 'a', message: 'b' } })).toEqual(notice(undefined, 'a'))
    expect(read({ topic, args: { title: SECRET } })).toEqual(notice(undefined, undefined))
  })

  it.each(['ntf', 'blt'])('are several notices in a list: %s', (topic) => {
    const args = [{ id: 1, text: 'a' }, { title: 'b', message: SECRET }, null, 'text']
    const notice = (title: unknown, text: unknown) => ({ type: 'notice', topic, title, text })
    const [none] = [notice(undefined, undefined)]
    expect(read({ topic, args })).toEqual({
      kind: 'notices',
      notices: [notice(undefined, 'a'), notice('b', undefined), none, none],
    })
    expect(read({ topic, args: [] })).toEqual({ kind: 'notices', notices: [] })
  })

  it('are refusals', () => {
    const refused = (message: string) => event({ type: 'refused', message })
    expect(read({ topic: 'error', error: 'a', args: { message: 'b' } })).toEqual(refused('a'))
    expect(read({ topic: 'error', args: { message: 'b' } })).toEqual(refused('b'))
    expect(read({ topic: 'error', message: 'b' })).toEqual(refused('b'))
    expect(read({ topic: 'error', error: SECRET })).toEqual(refused('a text that is not shown'))
  })
})

describe('what a socket gives', () => {
  const LIMIT = 4_194_304
  const bytes = new TextEncoder().encode('{"topic":"system","hb":1}')

  it('may be bytes', () => {
    const heartbeat = { kind: 'heartbeat' }
    const whole = new Uint8Array(100)
    whole.set(bytes, 3)
    expect(readFrame(bytes, [])).toEqual(heartbeat)
    expect(readFrame(bytes.buffer, [])).toEqual(heartbeat)
    expect(readFrame(whole.subarray(3, 3 + bytes.length), [])).toEqual(heartbeat)
    expect(readFrame(new DataView(bytes.buffer), [])).toEqual(heartbeat)
  })

  it.each<[unknown, number]>([
    [new Blob(['abc']), 3],
    [undefined, 0],
    [null, 0],
    [5, 0],
    [{}, 0],
  ])('and is dropped where it is neither text nor bytes: %o', (given, length) => {
    expect(readFrame(given, [])).toEqual(droppedAs('not-json', length))
  })

  it('is not read where it is longer than 4 MiB', () => {
    const long = ' '.repeat(LIMIT - 3)
    expect(readFrame(`${long}tic`, [])).toEqual(nothing)
    expect(readFrame(`${long} tic`, [])).toEqual(droppedAs('too-large', LIMIT + 1))
    expect(readFrame(new ArrayBuffer(LIMIT + 1), [])).toEqual(droppedAs('too-large', LIMIT + 1))
    expect(readFrame({ size: LIMIT + 1 }, [])).toEqual(droppedAs('too-large', LIMIT + 1))
  })
})
