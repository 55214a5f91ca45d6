/** Debian's `redis-server`, on a free port of loopback, keeping nothing on disk. */
import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import { Redis } from 'ioredis'
import { freePort } from '../support/free-port.ts'
import type { RunningEngine } from './engine.ts'

const PROGRAM = 'redis-server'

/** Why no Redis can be started; undefined where one can. On CI it is started all the same, and fails. */
export function missingRedis(): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter)
  const isThere = folders.some((folder) => {
    try {
      accessSync(join(folder, PROGRAM), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
  if (isThere || env['CI'] === 'true') return undefined
  const reason = `${PROGRAM} is not installed (Debian: apt-get install redis-server)`
  console.warn(`SKIPPED: Redis: ${reason}`)
  return reason
}

/** Starts a server and waits until it answers; what it held is gone when it ends. */
export async function startRedis(): Promise<RunningEngine> {
  const port = await freePort()
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const options = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    child = spawn(PROGRAM, ['--port', String(port), ...options], { stdio: 'ignore' })
    const failure = new Promise<never>((_, reject) => child?.once('error', reject))
    const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null })
    client.on('error', () => {})
    await Promise.race([client.ping(), failure]).finally(() => client.disconnect())
  }

  async function stop(): Promise<void> {
    const ended = child
    if (!ended || ended.exitCode !== null || ended.signalCode !== null) return
    const end = new Promise((resolve) => ended.once('exit', resolve))
    ended.kill('SIGKILL')
    await end
  }

  await start()
  return { sharing: { engine: 'redis', port }, start, stop, remove: stop }
}
