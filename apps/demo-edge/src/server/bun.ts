/** The edge as a Bun server. */
import process from 'node:process'
import type { Handler } from '../handler.ts'
import { start } from './start.ts'

declare const Bun: {
  serve(options: { fetch: Handler; hostname: string; port: number }): unknown
}

process.exitCode = await start(process.env, async (fetch, at) => {
  Bun.serve({ fetch, ...at })
})
