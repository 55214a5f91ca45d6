/** The project as git knows it, in a folder of its own: what a release changes there changes nothing here. */
import { copyFileSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PlainError, run } from '../../../scripts/lib/process.mjs'
import { root } from '../../../scripts/lib/workspace.mjs'

/** Copies tracked files as they are now, committed or not, into a repository with one commit. */
export async function copyWorkspace(folder: string, signal: AbortSignal): Promise<number> {
  const git = async (args: readonly string[], cwd: string) => {
    const { code, stdout, output } = await run('git', args, { cwd, signal })
    if (code !== 0) throw new PlainError(`git ${args.join(' ')}\n${output.trim()}`)
    return stdout
  }
  const tracked = (await git(['ls-files', '-z'], root)).split('\0').filter(Boolean)
  for (const file of tracked) {
    const from = join(root, file)
    if (!existsSync(from)) continue
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(from, join(folder, file))
  }
  // The same pnpm, without fetching it again.
  symlinkSync(join(root, '.tools'), join(folder, '.tools'))
  const nobody = ['-c', 'user.name=nobody', '-c', 'user.email=nobody@localhost']
  await git(['init', '--quiet'], folder)
  await git(['add', '--all'], folder)
  await git(
    [...nobody, '-c', 'commit.gpgSign=false', 'commit', '--quiet', '--no-verify', '-m', 'copy'],
    folder,
  )
  return tracked.length
}
