/** How fast is fast enough: ratios of one run, so that they hold on any machine. */
import gates from './gates.json' with { type: 'json' }

/** The runtimes that a limit can be given for. */
export type RuntimeName = 'node20' | 'node22' | 'node24' | 'node26' | 'deno' | 'bun'

/** A ratio of two contenders of one cost, best to best. */
export interface Gate {
  readonly cost: string
  readonly ours: string
  /** A contender whose time is taken off ours, where a part of the job is what is limited. */
  readonly less?: string
  readonly peer: string
  /** Above it the bench fails. One number for all, or one a runtime; runtimes left out have none. Left out: the ratio is told. */
  readonly most?: number | Readonly<Partial<Record<RuntimeName, number>>>
  /** What is aimed at, printed and not enforced. */
  readonly aim?: number | Readonly<Partial<Record<RuntimeName, number>>>
  /** What it means for somebody who uses the packages. */
  readonly meaning: string
  /** Why a limit is what it is. */
  readonly note?: string
}

/** Their numbers are data: `gates.json`. */
export const GATES: readonly Gate[] = gates

/** A limit for one runtime; undefined where there is none. */
export function limitFor(
  limit: Gate['most'] | undefined,
  runtime: RuntimeName,
): number | undefined {
  return typeof limit === 'object' ? limit[runtime] : limit
}
