/**
 * Exceptions of other people's code: a `fetch` may put the whole request, its keys included, into one.
 */

/** Names such as `TypeError` and `DOMException`. */
const NAME = /^[A-Z][A-Za-z]{0,39}$/
/** Codes such as `ECONNREFUSED` and `UND_ERR_SOCKET`. */
const CODE = /^[A-Z][A-Z0-9_]{0,39}$/

/**
 * Makes what an error may carry as `cause`: the exception's name and its code (or that of its own
 * cause, where Node's `fetch` has it), and nothing else of it.
 */
export function withoutContent(exception: unknown): Error {
  const code = codeOf(exception) ?? codeOf(fieldOf(exception, 'cause'))
  const copy = new Error(
    `The fetch function failed${code === undefined ? '' : ` (${code})`}; its own message may quote the request and is left out.`,
  )
  const name = fieldOf(exception, 'name')
  // Shown by `inspect`, and no property of its own where the platform's errors have none.
  const facts = { name: matching(name, NAME) ?? 'Error', ...(code !== undefined && { code }) }
  for (const [field, value] of Object.entries(facts)) {
    Object.defineProperty(copy, field, { value, configurable: true, writable: true })
  }
  // It begins with the name of another class.
  copy.stack = `${facts.name}: ${copy.message}`
  return copy
}

function codeOf(exception: unknown): string | undefined {
  return matching(fieldOf(exception, 'code'), CODE)
}

function matching(value: unknown, form: RegExp): string | undefined {
  return typeof value === 'string' && value.length <= 40 && form.test(value) ? value : undefined
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    return (value as Readonly<Record<string, unknown>>)[name]
  } catch {
    return undefined
  }
}
