/** The edge as a Bun server. */
import process from 'node:process'
import type { Handler } from '../handler.ts'
import { start } from './start.ts'

declare const Bun: {
  serve(options: { fetch: Handler; hostname: string; port: number; idleTimeout: number }): unknown
}

/** Bun's own ten seconds would end a call that the broker, or a handshake before it, answers later. */
const SILENCE_SECONDS = 120

process.exitCode = await start(process.env, async (fetch, at) => {
  Bun.serve({ fetch, ...at, idleTimeout: SILENCE_SECONDS })
})
