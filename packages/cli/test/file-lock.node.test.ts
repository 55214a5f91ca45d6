import { type FileHandle, open, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { useTemporaryFolder } from '../../../tests/support/temporary-folder.ts'
import { createFileLock } from '../src/internal/request/file-lock.ts'

const folder = useTemporaryFolder()

const fileOf = (name: string) => join(folder(), 'deep/er', `${name}.lock`)

it('lets one work at a time, whatever work ends with, and leaves no file', async () => {
  const lock = createFileLock(fileOf)
  const told: string[] = []
  const work = (name: string) => async () => {
    told.push(`${name} begins`)
    await new Promise((done) => setImmediate(done))
    told.push(`${name} ends`)
    if (name === 'a') throw new Error('a failed')
    return name
  }
  const both = await Promise.allSettled(['a', 'b'].map((name) => lock('one', work(name), {})))
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  expect(told).toHaveLength(4)
  expect(told[1]?.slice(0, 1)).toBe(told[0]?.slice(0, 1))
  expect(await readdir(join(folder(), 'deep/er'))).toEqual([])
})

it('ends the waiting by its signal, and takes over from a holder that died', async () => {
  await createFileLock(fileOf)('two', async () => {}, {})
  await writeFile(fileOf('two'), 'of a process that was killed')
  const waiting = createFileLock(fileOf)('two', async () => 'never', {
    signal: AbortSignal.timeout(20),
  })
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  expect(await createFileLock(fileOf, { deadAfterMs: 60 })('two', async () => 'done', {})).toBe(
    'done',
  )
})

it('leaves no file where the disk is full, which the next one would take for a holder', async () => {
  await createFileLock(fileOf)('three', async () => {}, {})
  const handle = await open(join(folder(), 'any'), 'w')
  const prototype = Object.getPrototypeOf(handle) as FileHandle
  await handle.close()
  const full = vi
    .spyOn(prototype, 'writeFile')
    .mockRejectedValueOnce(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
  const refused = createFileLock(fileOf)('three', async () => 'never', {})
  await expect(refused).rejects.toMatchObject({ code: 'ENOSPC' })
  full.mockRestore()
  expect(await readdir(join(folder(), 'deep/er'))).not.toContain('three.lock')
})
