/** All that a program could print of a value. */

interface Inspector {
  readonly inspect: (value: unknown, options: object) => string
}

/**
 * Text, stack, JSON, own properties, the chain of causes, and what Node's `console.log` would show where there is Node:
 * for tests that search all of it for secrets.
 */
export function everythingOf(value: unknown): string {
  const shown = inspector()?.inspect(value, { depth: 10, showHidden: true }) ?? ''
  return `${printed(value, 0)}\n${shown}`
}

function printed(value: unknown, depth: number): string {
  if (depth > 5 || typeof value !== 'object' || value === null) return String(value)
  const own = Object.getOwnPropertyNames(value).map((name) => {
    const field = (value as Record<string, unknown>)[name]
    return `${name}: ${printed(field, depth + 1)}`
  })
  return [String(value), JSON.stringify(value), ...own].join('\n')
}

function inspector(): Inspector | undefined {
  const { process } = globalThis as {
    readonly process?: { readonly getBuiltinModule?: (name: string) => Inspector }
  }
  try {
    return process?.getBuiltinModule?.('node:util')
  } catch {
    return undefined
  }
}
