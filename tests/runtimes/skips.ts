export interface Skip {
  readonly runtime: string
  readonly check: string
  readonly reason: string
}

/**
 * Checks of the suite that a runtime cannot run, each with its reason: the only ones that may be missing there.
 * `{ runtime, check, reason }`, by the runtime's id and the check's whole name.
 */
export const SKIPS: readonly Skip[] = []
