/** What the Worker uses of its runtime's own module. */
declare module 'cloudflare:workers' {
  /** Keeps the request at hand alive, though its sender left, until the promise is settled. */
  export function waitUntil(promise: Promise<unknown>): void
  export interface DurableObjectStorage {
    get<T>(key: string): Promise<T | undefined>
    put(key: string, value: unknown): Promise<void>
    delete(key: string): Promise<boolean>
  }
  export abstract class DurableObject {
    protected readonly ctx: { readonly storage: DurableObjectStorage }
    constructor(ctx: { readonly storage: DurableObjectStorage }, env: unknown)
  }
}
