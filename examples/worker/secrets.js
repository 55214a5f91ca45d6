/** Writes .dev.vars, which `wrangler dev` reads: what isoauth.json holds, and a key for those who may call the Worker. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const FILE = '.dev.vars'
const old = existsSync(FILE) ? readFileSync(FILE, 'utf8') : ''
const apiKey = /^API_KEY='(.+)'$/m.exec(old)?.[1] ?? crypto.randomUUID()
const config = JSON.stringify(JSON.parse(readFileSync('isoauth.json', 'utf8')))
writeFileSync(FILE, `ISOAUTH='${config}'\nAPI_KEY='${apiKey}'\n`, { mode: 0o600 })
console.log(
  `curl --header 'authorization: Bearer ${apiKey}' http://127.0.0.1:8788/portfolio/accounts`,
)
