/**
 * One subscription as its caller has it: messages to iterate over, and an end.
 */
import { asyncDisposeSymbol, type DisposableMember } from '../async-disposable.ts'
import { createMessageBuffer } from './message-buffer.ts'
import type { StreamMessage, StreamTopic } from './topics.ts'

/** What `subscribe` gives. */
export type StreamSubscription = StreamSubscriptionMembers & DisposableMember

/** The members of a {@link StreamSubscription}, `Symbol.asyncDispose` left out. */
export interface StreamSubscriptionMembers extends AsyncIterable<StreamMessage> {
  readonly topic: StreamTopic
  readonly key: string
  /** How many messages were dropped, the oldest each time, since nobody read them. */
  readonly dropped: number
  /** How many wait to be read. */
  readonly buffered: number
  /** Ends the subscription; who iterates gets what is still there, and then the end. */
  close(): Promise<void>
}

/** A subscription as the stream has it. */
export interface Member {
  readonly subscription: StreamSubscription
  /** Gives true where its buffer began to overflow. */
  deliver(message: StreamMessage, size: number): boolean
  /** Counts a message that was dropped before; gives true where it is the first since one was delivered. */
  drop(): boolean
  end(): void
}

const DONE = { done: true, value: undefined } as const

/** Makes a subscription whose buffer holds so many messages. */
export function createSubscription(about: {
  readonly topic: StreamTopic
  readonly key: string
  readonly bufferLimit: number
  readonly onClose: () => void
}): Member {
  const { topic, key, bufferLimit, onClose } = about
  const buffer = createMessageBuffer<StreamMessage>(bufferLimit)
  /** Those who wait for a message, each with the iterator that it waits by. */
  const waiting = new Map<(result: IteratorResult<StreamMessage, undefined>) => void, object>()
  let isEnded = false
  let lost = 0
  let isLosing = false

  function end(): void {
    isEnded = true
    leave()
  }

  /** Nobody waits any more, or nobody by one iterator. */
  function leave(iterator?: object): void {
    for (const [resolve, by] of waiting) {
      if (iterator && by !== iterator) continue
      waiting.delete(resolve)
      resolve(DONE)
    }
  }

  async function next(iterator: object): Promise<IteratorResult<StreamMessage, undefined>> {
    const value = buffer.shift()
    if (value !== undefined) return { done: false, value }
    if (isEnded) return DONE
    return await new Promise((resolve) => waiting.set(resolve, iterator))
  }

  async function close(): Promise<void> {
    if (isEnded) return
    end()
    onClose()
  }

  const members: StreamSubscriptionMembers = {
    topic,
    key,
    get dropped() {
      return buffer.dropped + lost
    },
    get buffered() {
      return buffer.length
    },
    close,
    [Symbol.asyncIterator]() {
      let isLeft = false
      const iterator: AsyncIterator<StreamMessage, undefined> = {
        next: async () => (isLeft ? DONE : await next(iterator)),
        // A loop that was left does not end the subscription: another one goes on where it stopped.
        async return() {
          isLeft = true
          leave(iterator)
          return DONE
        },
      }
      return iterator
    },
  }
  Object.defineProperty(members, asyncDisposeSymbol(), { value: close })

  return {
    subscription: members as StreamSubscription,
    end,
    deliver(message, size) {
      isLosing = false
      if (isEnded) return false
      const [resolve] = waiting.keys()
      if (resolve === undefined) return buffer.push(message, size)
      waiting.delete(resolve)
      resolve({ done: false, value: message })
      return false
    },
    drop() {
      lost++
      const isFirst = !isLosing
      isLosing = true
      return isFirst
    },
  }
}
