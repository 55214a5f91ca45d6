/** A sandbox's server and a folder of files, for all tests of a file. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SandboxServer, type ServeOptions, serve } from '@isoauth/sandbox/node'
import { afterAll, beforeAll } from 'vitest'
import { testCredentials } from '../../vectors/sandbox-credentials.ts'

export interface ServedFolder {
  readonly server: SandboxServer
  readonly cwd: string
}

/** Both are there from the first test on; the folder holds the credentials as `isoauth.json`. */
export function serveInFolder(
  name: string,
  options: ServeOptions = { credentials: testCredentials },
): ServedFolder {
  const made: { server?: SandboxServer; cwd?: string } = {}
  beforeAll(async () => {
    made.server = await serve({ port: 0, ...options })
    made.cwd = await mkdtemp(join(tmpdir(), name))
    const text = JSON.stringify(made.server.sandbox.credentials)
    await writeFile(join(made.cwd, 'isoauth.json'), text, { mode: 0o600 })
  })
  afterAll(async () => {
    await made.server?.close()
    if (made.cwd !== undefined) await rm(made.cwd, { recursive: true })
  })
  return {
    get server() {
      return there(made.server)
    },
    get cwd() {
      return there(made.cwd)
    },
  }
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('It is there from the first test on.')
  return value
}
