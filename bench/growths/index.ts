/** Every growth that is measured. */
import type { Growth } from '../growth.ts'
import { callerGrowth } from './callers.ts'
import { fleetGrowth } from './fleets.ts'
import { keyGrowth } from './keys.ts'
import { queryGrowth } from './queries.ts'
import { requestGrowth } from './requests.ts'

export const growths: ReadonlyArray<() => Promise<Growth>> = [
  requestGrowth,
  callerGrowth,
  keyGrowth,
  queryGrowth,
  fleetGrowth,
]
