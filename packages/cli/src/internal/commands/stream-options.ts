/** The options of `isoauth stream`. */
import type { ConfigOption } from './options.ts'
import type { SESSION_SERVICES } from './session-options.ts'

export interface StreamOptions extends ConfigOption {
  readonly compete?: boolean
  readonly service?: (typeof SESSION_SERVICES)[number]
  /** `false` after --no-cache. */
  readonly cache?: boolean
  readonly json?: boolean
}
