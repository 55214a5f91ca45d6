/** What is due when: a binary heap by time. */
export interface TimeQueue<T> {
  add(atMs: number, item: T): void
  /** The time of the first one; infinite where there is none. */
  nextMs(): number
  /** Takes the first one out. */
  take(): readonly [atMs: number, item: T]
}

/** Makes an empty queue. */
export function makeQueue<T>(): TimeQueue<T> {
  const heap: (readonly [number, T])[] = []
  const timeOf = (at: number) => heap[at]?.[0] ?? Number.POSITIVE_INFINITY

  function swap(a: number, b: number): void {
    const [first, second] = [heap[a], heap[b]]
    heap[a] = second as (typeof heap)[number]
    heap[b] = first as (typeof heap)[number]
  }

  return {
    nextMs: () => timeOf(0),
    add(atMs, item) {
      let at = heap.push([atMs, item]) - 1
      for (let above = (at - 1) >> 1; at > 0 && timeOf(above) > atMs; above = (at - 1) >> 1) {
        swap(at, above)
        at = above
      }
    },
    take() {
      const [first] = heap
      if (!first) throw new Error('nothing is due')
      const last = heap.pop() as typeof first
      if (heap.length === 0) return first
      heap[0] = last
      for (let at = 0; ; ) {
        const left = 2 * at + 1
        const least = timeOf(left + 1) < timeOf(left) ? left + 1 : left
        if (timeOf(least) >= timeOf(at)) return first
        swap(at, least)
        at = least
      }
    },
  }
}
