/** Every contender's result is checked before it is timed: the fastest wrong answer wins nothing. */
export function expectEqual(what: string, found: unknown, expected: unknown): void {
  if (found === expected) return
  throw new Error(`${what}: ${String(found)} is not ${String(expected)}`)
}
