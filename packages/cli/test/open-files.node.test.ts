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
afterAll(() => rm(folder, { recursive: true }))

describe.runIf(process.platform !== 'win32')('a file', () => {
  it.each([
    [0o600, false],
    [0o400, false],
    [0o700, false],
    [0o640, true],
    [0o604, true],
    [0o620, true],
    [0o602, true],
    [0o610, true],
    [0o601, true],
  ])('of mode %o: %s', async (mode, expected) => {
    const file = join(folder, mode.toString(8))
    await writeFile(file, '')
    await chmod(file, mode)
    expect(await isOpenToOthers(file)).toBe(expected)
  })

  it('that is not there is open to nobody', async () => {
    expect(await isOpenToOthers(join(folder, 'gone'))).toBe(false)
  })
})
