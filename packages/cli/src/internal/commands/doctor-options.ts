/** The options of `isoauth doctor`. */
import type { ConfigOption } from './options.ts'

export interface DoctorOptions extends ConfigOption {
  readonly brokerage?: boolean
  readonly json?: boolean
}
