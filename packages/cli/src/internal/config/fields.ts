/** An object of the configuration file. */

export type Fields = Readonly<Record<string, unknown>>

/** The value as an object; undefined where it is none. */
export function object(value: unknown): Fields | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Fields) : undefined
}
