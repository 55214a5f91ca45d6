/**
 * A registry of one's own on a free port of 127.0.0.1: takes packages of our scope from anybody, fetches nothing from
 * outside. Its folder is the argument. Ends when its standard input does.
 */

import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { runServer } from 'verdaccio'

const folder = resolve(process.argv[2] ?? '.')
const anybody = { access: '$all', publish: '$all', unpublish: '$all' }

const server = await runServer({
  self_path: folder,
  storage: join(folder, 'storage'),
  auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: -1 } },
  uplinks: {},
  packages: { '@isoauth/*': anybody },
  log: { type: 'stdout', format: 'pretty', level: 'error' },
  web: { enable: false },
})
server.listen(0, '127.0.0.1', () => {
  console.log(`listening http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.stdin.resume().once('end', () => process.exit(0))
