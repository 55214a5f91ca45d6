/** All that a program could print of a value. */

type Inspect = (value: unknown, options: object) => string

/**
 * Text, stack, JSON, own properties, the chain of causes, and what `console.log` would show in Node, Deno and Bun: for
 * tests that search all of it for secrets.
 */
export function everythingOf(value: unknown): string {
  const shown = inspectors().map((inspect) => inspect(value, { depth: 10, showHidden: true }))
  return [printed(value, 0), ...shown].join('\n')
}

function printed(value: unknown, depth: number): string {
  if (depth > 5 || typeof value !== 'object' || value === null) return String(value)
  const own = Object.getOwnPropertyNames(value).map((name) => {
    const field = (value as Record<string, unknown>)[name]
    return `${name}: ${printed(field, depth + 1)}`
  })
  return [String(value), JSON.stringify(value), ...own].join('\n')
}

/** Of this runtime: Deno and Bun have Node's beside their own. */
function inspectors(): readonly Inspect[] {
  const { process, Deno, Bun } = globalThis as {
    readonly process?: {
      readonly getBuiltinModule?: (name: string) => { readonly inspect: Inspect }
    }
    readonly Deno?: { readonly inspect: Inspect }
    readonly Bun?: { readonly inspect: Inspect }
  }
  const own = [Deno?.inspect, Bun?.inspect].filter((inspect) => typeof inspect === 'function')
  try {
    const { inspect } = process?.getBuiltinModule?.('node:util') ?? {}
    return inspect ? [...own, inspect] : own
  } catch {
    return own
  }
}
