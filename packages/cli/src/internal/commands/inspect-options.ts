/** The options of `isoauth inspect`. */
export interface InspectOptions {
  readonly signatureKey?: string
  readonly encryptionKey?: string
  readonly liveSessionToken?: string
  readonly prefix?: string
  readonly consumerKey?: string
  readonly baseString?: string
  readonly json?: boolean
}
