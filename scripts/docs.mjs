/** `npm run docs`: the API pages in `docs/api/`, one folder a package, from the docstrings. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { build } from './lib/build.mjs'
import { entriesOf } from './lib/entries.mjs'
import { main, PlainError, run } from './lib/process.mjs'
import { setUp, toolEnv } from './lib/setup.mjs'
import { inTemporaryFolder } from './lib/temporary-folder.mjs'
import { filesBelow, publicPackages, root } from './lib/workspace.mjs'

const committed = join(root, 'docs/api')

/** What differs between the committed pages and what the sources give now, or why they cannot be made. */
export function staleDocs() {
  return inTemporaryFolder(async (fresh) => {
    const problems = await writeDocs(fresh)
    if (problems.length > 0) return problems
    const names = new Set([...pages(fresh), ...pages(committed)])
    return [...names]
      .sort()
      .filter((name) => text(join(fresh, name)) !== text(join(committed, name)))
      .map((name) => `docs/api/${name} is not what the sources say: run npm run docs`)
  })
}

async function writeDocs(out) {
  const problems = []
  for (const item of publicPackages()) {
    const { dir, manifest } = item
    // Its users are the clients of this project, which are released with it.
    if (basename(dir) === 'core-client') continue
    const entries = entriesOf(item).map(({ source }) => source)
    const { code, output } = await run(
      'typedoc',
      [
        ...entries.flatMap((entry) => ['--entryPoints', entry]),
        ...['--tsconfig', join(dir, 'tsconfig.json')],
        ...['--name', manifest.name],
        ...['--out', join(out, basename(dir))],
        ...['--logLevel', 'Warn'],
      ],
      { cwd: root, env: toolEnv() },
    )
    if (code !== 0) problems.push(`${manifest.name}: ${output.trim()}`)
  }
  return problems
}

function pages(folder) {
  return filesBelow(folder).map((file) => relative(folder, file))
}

function text(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    await setUp()
    await build()
    rmSync(committed, { recursive: true, force: true })
    const problems = await writeDocs(committed)
    if (problems.length > 0) throw new PlainError(problems.join('\n'))
    console.log(`docs: ${pages(committed).length} pages in docs/api/`)
  })
}
