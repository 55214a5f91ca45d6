/** Maps that do not grow for ever. */

/** Forgets the oldest entries until there is room for one more. */
export function makeRoom(map: Map<string, unknown>, limit: number): void {
  for (const [oldest] of map) {
    if (map.size < limit) break
    map.delete(oldest)
  }
}
