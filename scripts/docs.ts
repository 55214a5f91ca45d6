/**
 * `npm run docs`: the API pages in `docs/api/`, one folder a package, from the docstrings, and after them the
 * documentation site, which holds them (`scripts/site.ts` makes it alone). With `--check`, in a package's folder, says what differs between its committed pages and what the sources give now.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { argv, cwd } from 'node:process'
import { build } from './lib/build.mjs'
import { entriesOf, hasApiPages } from './lib/entries.ts'
import { main, PlainError, run } from './lib/process.mjs'
import { toolEnv } from './lib/setup.mjs'
import { inTemporaryFolder } from './lib/temporary-folder.ts'
import { filesBelow, publicPackages, root, type WorkspacePackage } from './lib/workspace.mjs'

const committed = join(root, 'docs/api')

await main(async () => {
  if (argv.includes('--check')) {
    const item = publicPackages().find(({ dir }) => dir === cwd())
    if (item === undefined) throw new PlainError(`${cwd()} is no folder of a public package`)
    const problems = await stalePages(item)
    if (problems.length > 0) throw new PlainError(problems.join('\n'))
    return
  }
  await build()
  rmSync(committed, { recursive: true, force: true })
  for (const item of publicPackages().filter(hasApiPages)) await writePages(item, committed)
  console.log(`docs: ${filesBelow(committed).length} pages in docs/api/`)
  const { code } = await run('tsx', ['scripts/site.ts'], { cwd: root, env: toolEnv(), show: true })
  if (code !== 0) throw new PlainError('The documentation site could not be built')
})

function stalePages(item: WorkspacePackage): Promise<string[]> {
  return inTemporaryFolder(async (fresh) => {
    await writePages(item, fresh)
    const folder = basename(item.dir)
    const names = new Set([...pages(fresh, folder), ...pages(committed, folder)])
    return [...names]
      .sort()
      .filter((name) => text(join(fresh, name)) !== text(join(committed, name)))
      .map((name) => `docs/api/${name} is not what the sources say: run npm run docs`)
  })
}

async function writePages(item: WorkspacePackage, out: string): Promise<void> {
  const { dir, manifest } = item
  const { code, output } = await run(
    'typedoc',
    [
      ...entriesOf(item).flatMap(({ source }) => ['--entryPoints', source]),
      ...['--tsconfig', join(dir, 'tsconfig.json')],
      ...['--name', manifest.name],
      ...['--out', join(out, basename(dir))],
      ...['--logLevel', 'Warn'],
    ],
    { cwd: root, env: toolEnv() },
  )
  if (code !== 0) throw new PlainError(`${manifest.name}: ${output.trim()}`)
}

function pages(folder: string, name: string): string[] {
  return filesBelow(join(folder, name)).map((file) => relative(folder, file))
}

function text(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
