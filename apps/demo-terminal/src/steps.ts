/** Steps: run, timed, counted and printed. A failed one ends its flow; the next flow still runs. */
import type { Printer, Proof } from './print.ts'

export interface Steps {
  /**
   * Runs a step and prints it.
   *
   * @param proven - what its success proves, without any secret
   * @throws {@link FlowStopped} once the failure is printed
   */
  run<T>(
    name: string,
    work: () => T | Promise<T>,
    proven: string | ((value: T) => string | Proof),
  ): Promise<T>
  /** Prints a step that something else ran and timed. */
  done(name: string, proven: string | Proof, ms: number): void
  /** Prints what is not done, and why; it counts as no step. */
  leaveOut(name: string, reason: string): void
  /** Prints a step that failed elsewhere, and stops the flow. */
  fail(name: string, error: unknown, ms: number): never
  readonly count: number
  readonly failed: number
}

/** The failure is printed already; only the flow has to end. */
export class FlowStopped extends Error {
  override readonly name = 'FlowStopped'
}

export function createSteps(printer: Printer): Steps {
  let count = 0
  let failed = 0
  const steps: Steps = {
    async run(name, work, proven) {
      const start = performance.now()
      try {
        const value = await work()
        const ms = performance.now() - start
        steps.done(name, typeof proven === 'string' ? proven : proven(value), ms)
        return value
      } catch (error) {
        return steps.fail(name, error, performance.now() - start)
      }
    },
    done(name, proven, ms) {
      count++
      printer.ok(name, typeof proven === 'string' ? { proven } : proven, ms)
    },
    leaveOut(name, reason) {
      printer.leftOut(name, reason)
    },
    fail(name, error, ms) {
      count++
      failed++
      printer.failed(name, error, ms)
      throw new FlowStopped()
    },
    get count() {
      return count
    },
    get failed() {
      return failed
    },
  }
  return steps
}
