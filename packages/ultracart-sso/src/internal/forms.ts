/**
 * What a value of another's making is.
 */

/** True for a string. */
export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object(value) === value && !Array.isArray(value)
}

/** True for an array whose items all are what they should be. */
export function isListOf(value: unknown, is: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(is)
}
