/** A Durable Object under miniflare, its storage on disk, on a free port of loopback. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Miniflare } from 'miniflare'
import { freePort } from '../support/free-port.ts'
import type { RunningEngine } from './engine.ts'

export async function startDurableObject(): Promise<RunningEngine> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'isoauth-fleet-'))
  let miniflare: Miniflare | undefined

  async function start(): Promise<void> {
    miniflare = new Miniflare({
      port,
      modules: true,
      scriptPath: join(import.meta.dirname, 'durable-object.mjs'),
      compatibilityDate: '2026-03-01',
      durableObjects: { VAULT: { className: 'Vault', useSQLite: true } },
      durableObjectsPersist: folder,
    })
    await miniflare.ready
  }

  async function stop(): Promise<void> {
    await miniflare?.dispose()
    miniflare = undefined
  }

  await start()
  return {
    sharing: { engine: 'durable-object', port },
    start,
    stop,
    async remove() {
      await stop()
      await rm(folder, { recursive: true })
    },
  }
}
