/** What looking at one service takes. */
import type { LoadedConfig } from '../config/load.ts'
import type { Report } from './findings.ts'

export interface ServiceCheck {
  readonly config: LoadedConfig
  readonly report: Report
  readonly now: () => number
  readonly signal: AbortSignal
  /** Open a brokerage session where none is open. */
  readonly brokerage: boolean
  /** The options that name the configuration, with a blank before them. */
  readonly configFlags: string
}
