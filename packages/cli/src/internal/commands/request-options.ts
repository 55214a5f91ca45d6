/** The options of `isoauth request`. */
import type { ServiceName } from '../request/service-names.ts'
import type { ConfigOption } from './options.ts'

export interface RequestOptions extends ConfigOption {
  readonly data?: string
  readonly header?: readonly string[]
  readonly include?: boolean
  readonly verbose?: boolean
  readonly service?: ServiceName
  readonly maxTime?: number
  /** `false` after --no-cache. */
  readonly cache?: boolean
  readonly json?: boolean
}
