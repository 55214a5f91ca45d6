/** A name in a command that is told: it is copied, and may have blanks. */
import { platform } from 'node:process'

/** One word of a shell: of `cmd.exe` and PowerShell on Windows, else of those of Unix. */
export function shellWord(text: string): string {
  if (platform === 'win32') return /^[\w@+=:,.\\/-]+$/.test(text) ? text : `"${text}"`
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
