/** `npm run docs`: the API pages in `docs/api/`, one folder a package, from the docstrings. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { build } from './lib/build.mjs'
import { main, PlainError, run } from './lib/process.mjs'
import { setUp, toolEnv } from './lib/setup.mjs'
import { filesBelow, publicPackages, root } from './lib/workspace.mjs'

const committed = join(root, 'docs/api')

/** What differs between the committed pages and what the sources give now, or why they cannot be made. */
export async function staleDocs() {
  const fresh = mkdtempSync(join(tmpdir(), 'isoauth-docs-'))
  try {
    const problems = await writeDocs(fresh)
    if (problems.length > 0) return problems
    const names = new Set([...pages(fresh), ...pages(committed)])
    return [...names]
      .sort()
      .filter((name) => text(join(fresh, name)) !== text(join(committed, name)))
      .map((name) => `docs/api/${name} is not what the sources say: run npm run docs`)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

async function writeDocs(out) {
  const problems = []
  for (const { dir, manifest } of publicPackages()) {
    const entries = Object.keys(manifest.exports)
      .filter((key) => key !== './package.json')
      .map((key) => join(dir, 'src', key === '.' ? 'index.ts' : `${key.slice(2)}.ts`))
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
