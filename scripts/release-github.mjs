/**
 * After the tags: a release on GitHub for each version, with its part of the changelog and the list of what it is made of.
 *
 *     node scripts/release-github.mjs SBOMS              by `gh`, which finds its token in GH_TOKEN
 *     node scripts/release-github.mjs SBOMS --dry-run    says what it would do
 *
 * Safe to run again: a release that is there is left alone.
 */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { main, PlainError, run } from './lib/process.mjs'
import { notesOf } from './lib/release-notes.mjs'
import { publicPackages, root } from './lib/workspace.mjs'

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false } },
  })
  const [folder, ...rest] = positionals
  if (folder === undefined || rest.length > 0) {
    throw new PlainError('usage: node scripts/release-github.mjs SBOMS [--dry-run]')
  }
  for (const { name, dir, manifest } of publicPackages()) {
    const { version } = manifest
    const sbom = join(folder, `${basename(dir)}-${version}.cdx.json`)
    if (!existsSync(sbom)) throw new PlainError(`${sbom} is missing`)
    const notes = notesOf(readFileSync(join(dir, 'CHANGELOG.md'), 'utf8'), version)
    if (notes === undefined) throw new PlainError(`the changelog of ${name} has no ${version}`)
    const tag = `${name}@${version}`
    if (!values['dry-run']) await release(tag, notes, sbom)
    console.log(`github: ${tag}, ${notes.split('\n').length} lines of notes`)
  }
})

async function release(tag, notes, sbom) {
  const there = await run('gh', ['release', 'view', tag], { cwd: root })
  if (there.code === 0) return
  const args = ['release', 'create', tag, sbom, '--verify-tag', '--title', tag, '--notes', notes]
  const { code, output } = await run('gh', args, { cwd: root })
  if (code !== 0) throw new PlainError(`${output.trim()}\n\ngh release create failed for ${tag}`)
}
