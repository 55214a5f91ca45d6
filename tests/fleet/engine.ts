/** What a fleet shares its token and its session through, in tests. */

/** How a process reaches the engine. */
export interface Sharing {
  readonly engine: 'redis' | 'durable-object'
  /** On loopback. */
  readonly port: number
}

/** An engine that was started. */
export interface RunningEngine {
  readonly sharing: Sharing
  stop(): Promise<void>
  /** Starts it again, on the same port. */
  start(): Promise<void>
  /** Ends it for good. */
  remove(): Promise<void>
}

/** A kind of engine. */
export interface Engine {
  readonly name: string
  /** Why it cannot be started here; undefined where it can. */
  readonly missing: string | undefined
  /** Whether it has forgotten everything when it comes back. */
  readonly isEmptyWhenBack: boolean
  start(): Promise<RunningEngine>
}
