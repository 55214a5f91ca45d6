/** The little that a test needs where no test library runs. */
export interface Check {
  readonly name: string
  readonly run: () => void | Promise<void>
}

export function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${show(expected)}, got ${show(actual)}`)
}

/** Passes when `work` fails with the code expected. */
export async function failsWith(code: string, work: () => unknown): Promise<void> {
  let seen: unknown = 'no error'
  try {
    await work()
  } catch (error) {
    seen = error instanceof Error && 'code' in error ? error.code : error
  }
  equal(seen, code)
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
