/** What a stream tells a person of each event, and of each message: a line, or nothing. */
import type { StreamEvent, StreamMessage } from '@isoauth/ibkr-session'
import { expect, it } from 'vitest'
import { wrong } from '../../../tests/support/index.ts'
import { createStreamView } from '../src/internal/stream/stream-view.ts'
import { colorsFor } from '../src/internal/text.ts'

const NOW_MS = Date.parse('2026-03-02T15:04:05Z')

function setUp() {
  let written = ''
  const stdout = {
    isTerminal: true,
    write(text: string) {
      written += text
    },
  }
  const colors = colorsFor(stdout, {}, 'never')
  const io = { stdout, now: () => NOW_MS }
  return { view: createStreamView(wrong({ io, colors, isJson: false })), told: () => written }
}

it.each<[StreamEvent, string | undefined]>([
  [{ type: 'ready', connections: 1 }, 'The stream is open.'],
  [{ type: 'ready', connections: 2 }, 'The stream is open again.'],
  [{ type: 'lost', reason: 'silent' }, 'The stream was lost: the broker was silent for a minute.'],
  [{ type: 'lost', reason: 'renewed' }, 'The stream was lost: the token was renewed.'],
  [
    { type: 'lost', reason: 'not-authenticated', message: 'Logged out.' },
    'The stream was lost: the broker says that the session is not authenticated. It says: Logged out.',
  ],
  [
    { type: 'waiting', untilMs: NOW_MS + 5000 },
    'It is opened again in 5 s, or as soon as the broker answers.',
  ],
  [
    { type: 'waiting', untilMs: NOW_MS + 5000, message: "The stream's socket closed." },
    "It is opened again in 5 s, or as soon as the broker answers. The stream's socket closed.",
  ],
  [
    { type: 'waiting', untilMs: NOW_MS - 5000 },
    'It is opened again in 0 s, or as soon as the broker answers.',
  ],
  [
    {
      type: 'gap',
      ...{ fromMs: NOW_MS - 3000, toMs: NOW_MS },
      topics: [
        { topic: 'md', key: '265598' },
        { topic: 'or', key: '' },
      ],
    },
    'Gap: what happened in 3 s was not sent, of md 265598, or.',
  ],
  [
    { type: 'gap', fromMs: NOW_MS, toMs: NOW_MS, topics: [] },
    'Gap: what happened in 0 s was not sent, of no topic.',
  ],
  [{ type: 'reconciled', messages: 3 }, 'Orders and trades of the gap were asked for.'],
  [
    { type: 'reconcile-failed', code: 'IBKR_SESSION_TIMEOUT' },
    'Orders and trades of the gap could not be asked for (IBKR_SESSION_TIMEOUT).',
  ],
  [
    { type: 'reconcile-failed', code: undefined },
    'Orders and trades of the gap could not be asked for.',
  ],
  [
    { type: 'overflow', topic: 'or', key: '' },
    'More came of or than could be written: the oldest are dropped.',
  ],
  [
    { type: 'overflow', topic: 'md', key: '265598' },
    'More came of md 265598 than could be written: the oldest are dropped.',
  ],
  [{ type: 'refused', message: 'Max lines' }, 'The broker refused a topic: Max lines'],
  [{ type: 'notice', topic: 'ntf', title: 'Reset', text: 'at five' }, 'Reset: at five'],
  [{ type: 'notice', topic: 'ntf', title: 'Reset' }, 'Reset'],
  [{ type: 'notice', topic: 'ntf' }, undefined],
  [{ type: 'closed' }, undefined],
])('of %j: %s', (event, line) => {
  const { view, told } = setUp()
  view.event(event)
  expect(told()).toBe(line === undefined ? '' : `15:04:05  ${line}\n`)
})

it.each<[Partial<StreamMessage>, string]>([
  [{ data: { topic: 'smd+1', conid: 1, '31': '2.5', args: [1] } }, 'md 1  31=2.5 args=[1]'],
  [{ key: '', data: { a: 'b' }, isReconciled: true }, 'md (of the gap)  a=b'],
])('of the message %j: %s', async (change, line) => {
  const { view, told } = setUp()
  const about = { topic: 'md', key: '1', data: {} } as const
  await view.message({ ...about, isReconciled: false, receivedAtMs: NOW_MS, ...change })
  expect(told()).toBe(`15:04:05  ${line}\n`)
})
