/** What a reader that reads nothing costs. In Node alone, for its garbage collector. */
import { memoryUsage } from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, expect, it } from 'vitest'
import { setUpStream } from './stream-support.ts'

const MESSAGES = 100_000
const MEBIBYTE = 1_048_576
let collectGarbage: () => void

beforeAll(() => {
  setFlagsFromString('--expose-gc')
  collectGarbage = runInNewContext('gc')
})

async function heapBytes(): Promise<number> {
  // What this task touched is kept until it ends.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  return memoryUsage().heapUsed
}

/** How much the heap grows by messages that nobody reads, with a buffer of so many. */
async function unread(bufferLimit: number) {
  const { stream, socket, stop } = await setUpStream({ onEvent: () => {} })
  const subscription = stream.subscribe({
    ...{ topic: 'md', key: '265598', parameters: { fields: ['31'] } },
    bufferLimit,
  })
  const say = (count: number) => {
    for (let i = 0; i < count; i++) {
      socket().say({ topic: 'smd+265598', conid: 265598, _updated: i, '31': `190.${i}` })
    }
  }
  say(2000)
  const before = await heapBytes()
  say(MESSAGES)
  const grownBytes = (await heapBytes()) - before
  const { dropped, buffered } = subscription
  await stop()
  return { grownBytes, dropped, buffered }
}

it('100,000 messages that nobody reads: memory flat, drops counted', async () => {
  const bounded = await unread(1000)
  expect([bounded.buffered, bounded.dropped]).toEqual([1000, MESSAGES + 1000])
  expect(bounded.grownBytes).toBeLessThan(MEBIBYTE)
  // The same measure shows what they would cost if they were kept.
  const kept = await unread(MESSAGES)
  expect([kept.buffered, kept.dropped]).toEqual([MESSAGES, 2000])
  expect(kept.grownBytes).toBeGreaterThan(10 * MEBIBYTE)
  const megabytes = ({ grownBytes }: typeof kept) => (grownBytes / MEBIBYTE).toFixed(1)
  console.info(
    `${MESSAGES} unread messages: ${megabytes(bounded)} MiB more heap with a buffer of 1000, ${megabytes(kept)} MiB where all are kept`,
  )
})
