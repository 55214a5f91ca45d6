/** Runs the suite in whatever runtime this is, one check after the other. */
import { checks } from './all.ts'
import type { Context } from './check.ts'

export interface Settings extends Context {
  /** Names of checks that cannot run here; each has its reason in `skips.ts`. */
  readonly skip: readonly string[]
}

export interface Report {
  readonly passed: readonly string[]
  readonly skipped: readonly string[]
  readonly failed: readonly { readonly name: string; readonly why: string }[]
  /** How long the checks took, without the start of the runtime. */
  readonly ms: number
}

export async function runSuite({ skip, ...context }: Settings): Promise<Report> {
  const began = Date.now()
  const passed: string[] = []
  const failed: { name: string; why: string }[] = []
  const wanted = checks.filter(({ name }) => !skip.includes(name))
  for (const { name, run } of wanted) {
    try {
      await run(context)
      passed.push(name)
    } catch (error) {
      failed.push({ name, why: whyOf(error) })
    }
  }
  const skipped = checks.map(({ name }) => name).filter((name) => skip.includes(name))
  return { passed, skipped, failed, ms: Date.now() - began }
}

/** Some runtimes put the message into the stack, some do not. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, stack = '' } = error
  return stack.includes(message) ? stack : `${message}\n${stack}`
}
