/** The options of `isoauth keygen`. */
import type { DH_GROUPS } from '@isoauth/core-crypto'

/** A published group. */
export type GroupName = keyof typeof DH_GROUPS

/** The published groups of core-crypto, which is loaded by the work itself only. */
export const GROUPS: readonly GroupName[] = ['modp2048', 'ffdhe2048']

export interface KeygenOptions {
  readonly out?: string
  readonly group?: GroupName
  /** Make the key of a token store instead. */
  readonly storeKey?: boolean
  readonly force?: boolean
  readonly json?: boolean
}
