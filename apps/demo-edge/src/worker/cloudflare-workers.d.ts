/** What the Worker uses of its runtime's own module. */
declare module 'cloudflare:workers' {
  /** Keeps the request at hand alive, though its sender left, until the promise is settled. */
  export function waitUntil(promise: Promise<unknown>): void
  export interface DurableObjectStorage {
    get<T>(key: string): Promise<T | undefined>
    put(key: string, value: unknown): Promise<void>
    delete(key: string): Promise<boolean>
    /** When the alarm is set for, in milliseconds since 1970; null where none is. */
    getAlarm(): Promise<number | null>
    setAlarm(atMs: number): Promise<void>
  }
  export interface DurableObjectState {
    readonly storage: DurableObjectStorage
  }
  export abstract class DurableObject {
    protected readonly ctx: DurableObjectState
    constructor(ctx: DurableObjectState, env: unknown)
  }
}
