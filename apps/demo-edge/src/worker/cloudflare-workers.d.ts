/** What the Worker uses of its runtime's own module. */
declare module 'cloudflare:workers' {
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
