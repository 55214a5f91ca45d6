/** Corrections, merged into the description that they are for. */
import type { Correction, JsonObject } from './corrections.ts'

export interface Corrected {
  readonly description: JsonObject
  /** The corrections that changed something. */
  readonly applied: readonly Correction[]
}

/** Gives a changed copy; a correction whose place is not there is passed over. */
export function correct(description: JsonObject, corrections: readonly Correction[]): Corrected {
  const applied: Correction[] = []
  let corrected = description
  for (const correction of corrections) {
    const next = updated(corrected, correction.target, correction.update)
    if (JSON.stringify(next) === JSON.stringify(corrected)) continue
    corrected = next
    applied.push(correction)
  }
  return { description: corrected, applied }
}

function updated(at: JsonObject, target: readonly string[], update: JsonObject): JsonObject {
  const [name, ...rest] = target
  if (name === undefined) return merged(at, update)
  const member = Object.hasOwn(at, name) ? at[name] : undefined
  return isObject(member) ? { ...at, [name]: updated(member, rest, update) } : at
}

/** A JSON Merge Patch, RFC 7396. */
function merged(at: JsonObject, update: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...at }
  for (const [name, value] of Object.entries(update)) {
    const before = result[name]
    if (value === null) delete result[name]
    else result[name] = isObject(value) ? merged(isObject(before) ? before : {}, value) : value
  }
  return result
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
