/** The options of `isoauth request`. */
import type { GivenField } from '../request/fields.ts'
import type { ServiceName } from '../request/service-names.ts'
import type { ColorChoice } from '../text.ts'
import type { ConfigOption } from './options.ts'

export interface RequestOptions extends ConfigOption {
  readonly data?: string
  /** `-F` and `-f` in their order. */
  readonly fields?: readonly GivenField[]
  readonly header?: readonly string[]
  readonly include?: boolean
  readonly verbose?: boolean
  readonly service?: ServiceName
  readonly maxTime?: number
  /** `false` after --no-cache. */
  readonly cache?: boolean
  /** A JMESPath expression. */
  readonly query?: string
  /** Text of the query's result without quotation marks. */
  readonly raw?: boolean
  readonly color?: ColorChoice
  readonly json?: boolean
}
