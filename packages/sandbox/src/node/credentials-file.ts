/** Writes the credentials file: whole or not at all, readable by its owner only. */
import { chmod, rename, rm, writeFile } from 'node:fs/promises'
import type { SandboxCredentials } from '../credentials.ts'

export async function writeCredentialsFile(
  file: string,
  credentials: SandboxCredentials,
): Promise<void> {
  const partial = `${file}.${process.pid}.partial`
  try {
    await writeFile(partial, `${JSON.stringify(credentials, null, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
    })
    // The umask can only take rights away, so this mends nothing but an odd one.
    await chmod(partial, 0o600)
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}
