/** Git tags tell which versions were released: `@isoauth/core-crypto@1.2.3`. */
import { PlainError, run } from './process.mjs'
import { publicPackages, root } from './workspace.mjs'

/** What a package has before its first changeset: nothing to release. */
const NEVER_VERSIONED = '0.0.0'

/** The tags that the packages' versions would have, and that are not there yet. */
export async function missingTags() {
  const { code, stdout, output } = await run('git', ['tag', '--list'], { cwd: root })
  if (code !== 0) throw new PlainError(`git tag --list\n${output.trim()}`)
  const there = new Set(stdout.split('\n'))
  return publicPackages()
    .filter(({ manifest }) => manifest.version !== NEVER_VERSIONED)
    .map(({ name, manifest }) => `${name}@${manifest.version}`)
    .filter((tag) => !there.has(tag))
}
