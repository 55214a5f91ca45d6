/** What inputs came to before: tests make one sandbox after the other of the same credentials. */

const memory = /* @__PURE__ */ new Map<string, unknown>()

/** What `find` gave for this key before, or gives now; with 64 of them the memory begins anew. */
export function remember<Value>(key: string, find: () => Value): Value {
  if (memory.size > 63) memory.clear()
  if (!memory.has(key)) memory.set(key, find())
  return memory.get(key) as Value
}
