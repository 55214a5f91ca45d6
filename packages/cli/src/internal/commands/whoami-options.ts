/** The options of `isoauth whoami`. */
import type { ConfigOption } from './options.ts'

export interface WhoamiOptions extends ConfigOption {
  readonly json?: boolean
}
