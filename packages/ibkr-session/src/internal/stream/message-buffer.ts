/**
 * A queue with a bound: what is too much drops the oldest, and is counted.
 */

/** A bounded queue. */
export interface MessageBuffer<T> {
  readonly length: number
  /** How many were dropped since the beginning. */
  readonly dropped: number
  /** Adds one; gives true where that was the first to push another out since the queue was empty. */
  push(item: T, size: number): boolean
  shift(): T | undefined
}

/** However few the messages are, they hold no more than so many characters. */
const SIZE_LIMIT = 16_777_216

/**
 * Makes an empty queue for so many items; of 0 items nothing is kept, and nothing counted.
 *
 * @param onDrop - told of each item that is dropped
 */
export function createMessageBuffer<T>(
  limit: number,
  onDrop: (item: T) => void = () => {},
): MessageBuffer<T> {
  let items: ({ readonly item: T; readonly size: number } | undefined)[] = []
  let first = 0
  let size = 0
  let dropped = 0
  let isFull = false

  function shift(): T | undefined {
    const taken = items[first]
    if (taken === undefined) return undefined
    size -= taken.size
    // Held no longer than it is wanted: a message may be of some megabytes.
    items[first] = undefined
    first++
    // Moved together only now and then, so that taking one costs the same however many there are.
    if (first > 64 && first * 2 > items.length) {
      items = items.slice(first)
      first = 0
    }
    if (first === items.length) isFull = false
    return taken.item
  }

  return {
    get length() {
      return items.length - first
    },
    get dropped() {
      return dropped
    },
    push(item, itemSize) {
      if (limit === 0) return false
      const wasFull = isFull
      items.push({ item, size: itemSize })
      size += itemSize
      while (items.length - first > limit || (size > SIZE_LIMIT && items.length - first > 1)) {
        onDrop(shift() as T)
        dropped++
        isFull = true
      }
      return isFull && !wasFull
    },
    shift,
  }
}
