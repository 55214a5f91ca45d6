/** The options of `isoauth decrypt-secret`. */
import type { ConfigOption } from './options.ts'

export interface DecryptOptions extends ConfigOption {
  readonly out?: string
  readonly force?: boolean
  readonly json?: boolean
}
