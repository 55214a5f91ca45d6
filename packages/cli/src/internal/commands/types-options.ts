/** The options of `isoauth types`. */

export interface TypesOptions {
  /** A file, or an address that begins with `https://`. */
  readonly from: string
  readonly out: string
  readonly force?: boolean
  /** Seconds. */
  readonly maxTime?: number
  readonly json?: boolean
}
