import { serve } from '@hono/node-server'
import { readConfig, ultraCartSsoOptions } from '@isoauth/cli/config'
import { createApp } from './app.js'

const port = Number(process.env.PORT ?? 3000)
const origin = process.env.ORIGIN ?? `http://127.0.0.1:${port}`
const config = await readConfig({ file: 'isoauth.json', env: process.env })
const app = createApp({ ...ultraCartSsoOptions(config), redirectUri: `${origin}/auth/return` })

serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => console.log(`listening ${origin}`))
