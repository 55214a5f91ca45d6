/** What the inspector finds: a fault with its usual cause, and where the two texts first differ. */

import { argumentsInvalid } from '../errors.ts'

export interface Difference {
  /** What the two texts are, e.g. `base string`. */
  readonly of: string
  readonly yours: string
  readonly expected: string
}

export interface Finding {
  /** One of the ids in the README's table. */
  readonly id: string
  /** A `note` alone does not make a server refuse. */
  readonly severity: 'fault' | 'note'
  readonly title: string
  readonly cause: string
  readonly remedy: string
  readonly difference?: Difference | undefined
}

export function fault(
  id: string,
  title: string,
  cause: string,
  remedy: string,
  difference?: Difference,
): Finding {
  return { id, severity: 'fault', title, cause, remedy, difference }
}

export function note(id: string, title: string, cause: string, remedy: string): Finding {
  return { id, severity: 'note', title, cause, remedy }
}

/** The index of the first character that differs; the shorter length where one text begins the other. */
export function firstDifference(difference: Omit<Difference, 'of'>): number {
  const { yours, expected } = Object(difference) as Omit<Difference, 'of'>
  if (typeof yours !== 'string' || typeof expected !== 'string') {
    throw argumentsInvalid('difference must be an object with the texts yours and expected.')
  }
  const end = Math.min(yours.length, expected.length)
  for (let index = 0; index < end; index++) if (yours[index] !== expected[index]) return index
  return end
}
