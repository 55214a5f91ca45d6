/** What every driver is: it brings the suite into a runtime, and the report back. */
import type { Report, Settings } from '../suite/run.ts'

export type { Settings }

/** Where the unpacked packages and the compiled suite lie, and what the suite is told. */
export interface Given {
  readonly stage: string
  readonly settings: Settings
}

/** `note` is what a driver found out beside the suite. */
export interface DriverReport extends Report {
  readonly note?: string
}

export type Driver = (given: Given) => Promise<DriverReport>
