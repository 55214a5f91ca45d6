/** Stands in for the broker, with a third party that is registered there, whose credentials it writes. */
import { writeFileSync } from 'node:fs'
import { serve } from '@isoauth/sandbox/node'

const callback = process.env.CALLBACK ?? 'http://127.0.0.1:3000/callback'
const { origin, sandbox } = await serve({ port: Number(process.env.PORT ?? 8787), callback })
writeFileSync('third-party.json', JSON.stringify(sandbox.thirdParty, null, 2), { mode: 0o600 })
console.log(`listening ${origin}`)
