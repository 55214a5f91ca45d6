/** The edge as a Node server. */
import process from 'node:process'
import { serve } from '@hono/node-server'
import { start } from './start.ts'

process.exitCode = await start(
  process.env,
  (fetch, at) =>
    new Promise((resolve, reject) => {
      const server = serve({ fetch, ...at, overrideGlobalObjects: false }, () => resolve())
      server.once('error', reject)
    }),
)
