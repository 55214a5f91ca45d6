/** Maps that do not grow for ever. */

/** How many tokens, sessions or links are remembered. */
export const ISSUED_LIMIT = 100_000

/** Forgets the oldest entries until there is room for the one that is set. */
export class BoundedMap<Value> extends Map<string, Value> {
  readonly #limit: number

  constructor(limit: number) {
    super()
    this.#limit = limit
  }

  override set(key: string, value: Value): this {
    for (const [oldest] of this) {
      if (this.size < this.#limit) break
      this.delete(oldest)
    }
    return super.set(key, value)
  }
}
