/** The edge as a Node server. */
import process from 'node:process'
import { serve } from '@hono/node-server'
import { start } from './start.ts'

process.exitCode = start(process.env, (fetch, at) => {
  serve({ fetch, ...at, overrideGlobalObjects: false })
})
