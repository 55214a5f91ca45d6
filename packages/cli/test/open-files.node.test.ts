/** Which modes of a file let others than its owner read or change it. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isOpenToOthers } from '../src/internal/files.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoauth-modes-'))
})
afterAll(() => rm(folder, { recursive: true, maxRetries: 5 }))

describe.runIf(process.platform !== 'win32')('a file', () => {
  it.each([
    ['600', false],
    ['400', false],
    ['700', false],
    ['640', true],
    ['604', true],
    ['620', true],
    ['602', true],
    ['610', true],
    ['601', true],
  ])('of mode %s: %s', async (mode, expected) => {
    const file = join(folder, mode)
    await writeFile(file, '')
    await chmod(file, Number.parseInt(mode, 8))
    expect(await isOpenToOthers(file)).toBe(expected)
  })

  it('that is not there is open to nobody', async () => {
    expect(await isOpenToOthers(join(folder, 'gone'))).toBe(false)
  })
})
