/**
 * The vendor's date-times: ISO 8601 with an offset, such as `2025-05-28T09:38:04-04:00`.
 */

/** Milliseconds since 1970; undefined for anything without an offset, or that is no date-time. */
export function parseDateTime(value: unknown): number | undefined {
  const isForm = /^\d{4}-.+T.+(Z|[+-]\d\d:\d\d)$/.test(value as string)
  return Date.parse(isForm ? (value as string) : '') || undefined
}
