import { readFileSync } from 'node:fs'
import { serve } from '@hono/node-server'
import { createApp } from './app.js'

const port = Number(process.env.PORT ?? 3000)
const app = createApp(JSON.parse(readFileSync('third-party.json', 'utf8')))
serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => {
  console.log(`listening http://127.0.0.1:${port}`)
})
