/**
 * The first step of a release: turns the changesets into versions and changelogs, for somebody to read and merge.
 * Commits nothing. Tells the jobs that follow whether there were any (`pending`), and, where there were none, whether
 * a version is still to be released (`release`).
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { raiseExamples } from './lib/example-versions.mjs'
import { main, PlainError, run } from './lib/process.mjs'
import { setOutput } from './lib/release.mjs'
import { missingTags } from './lib/release-tags.mjs'
import { setUp, toolEnv } from './lib/setup.mjs'
import { publicPackages, root } from './lib/workspace.mjs'

await main(async () => {
  const count = changesets().length
  setOutput('pending', count > 0)
  if (count === 0) {
    const tags = await missingTags()
    setOutput('release', tags.length > 0)
    console.log('version: no changesets: the versions stay as they are')
    for (const tag of tags) console.log(`version: not released yet: ${tag}`)
    return
  }
  await setUp()
  const before = versions()
  await must('changeset', ['version'])
  if (changesets().length > 0) throw new PlainError('changeset version left changesets behind')
  await must('tsx', ['scripts/jsr.ts'])
  raiseExamples(join(root, 'examples'), versions())
  for (const [name, version] of versions()) {
    if (version !== before.get(name)) {
      console.log(`version: ${name} ${before.get(name)} -> ${version}`)
    }
  }
})

function changesets() {
  const folder = join(root, '.changeset')
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md')
}

function versions() {
  return new Map(publicPackages().map(({ name, manifest }) => [name, manifest.version]))
}

async function must(command, args) {
  const { code, output } = await run(command, args, { cwd: root, env: toolEnv() })
  if (code !== 0) throw new PlainError(`${output.trim()}\n\n${command} ${args.join(' ')} failed`)
}
