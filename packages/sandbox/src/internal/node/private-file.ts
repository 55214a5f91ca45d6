/** Files that their owner alone reads: written whole or not at all. */
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises'

/** The text of a file; undefined where there is none. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Writes a file with mode 0600, by way of a file beside it that is renamed. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const partial = `${file}.${process.pid}.partial`
  try {
    // Where ids of processes come again, as in containers, one that was killed may have left it.
    await rm(partial, { force: true })
    await writeFile(partial, text, { mode: 0o600, flag: 'wx' })
    // The umask can only take rights away, so this mends nothing but an odd one.
    await chmod(partial, 0o600)
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}
