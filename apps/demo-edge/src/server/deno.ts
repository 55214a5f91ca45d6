/** The edge as a Deno server. */
import type { Handler } from '../handler.ts'
import { start } from './start.ts'

declare const Deno: {
  readonly env: { toObject(): Record<string, string> }
  exitCode: number
  serve(options: { hostname: string; port: number; onListen(): void }, handler: Handler): unknown
}

Deno.exitCode = await start(
  Deno.env.toObject(),
  (handle, at) => new Promise((onListen) => Deno.serve({ ...at, onListen }, handle)),
)
