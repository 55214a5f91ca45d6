/** The options of `isoauth sandbox`. */
export interface SandboxOptions {
  readonly port: number
  readonly credentialsFile?: string
  readonly state?: string
  readonly signedOrigin?: readonly string[]
  readonly user?: readonly string[]
  readonly cors?: boolean
  readonly pacing?: boolean
  readonly stickyCookie?: boolean
  readonly orderQuestion?: readonly string[]
  readonly force?: boolean
}
