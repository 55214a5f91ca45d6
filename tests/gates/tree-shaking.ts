/**
 * Who imports one name of an entry pays for what that name needs. An entry is one file, so that a bundler cannot leave
 * out whole modules: it has to see of each statement that nothing happens where it is left out. Each built entry is
 * bundled for a program that uses none of its names, and nothing of it may be kept.
 */
import { basename, dirname, join } from 'node:path'
import { build } from 'esbuild'
import { entriesOf } from '../../scripts/lib/entries.ts'
import { publicPackages, root } from '../../scripts/lib/workspace.mjs'
import { gate } from './gate.ts'
import { NODE_PACKAGES } from './isomorphic.ts'

async function treeShakingProblems(): Promise<string[]> {
  const entries = publicPackages()
    .filter(({ dir }) => !NODE_PACKAGES.includes(basename(dir)))
    .flatMap(entriesOf)
  const found = await Promise.all(
    entries.map(async ({ specifier, output }) =>
      keptStatements(await bundleUnused(output)).map((statement) => `${specifier}: ${statement}`),
    ),
  )
  return found.flat()
}

/** A program that imports a file and uses nothing of it. */
async function bundleUnused(file: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: 'import "entry"', resolveDir: root },
    bundle: true,
    write: false,
    platform: 'neutral',
    format: 'esm',
    target: 'es2022',
    plugins: [
      {
        name: 'without the promise of package.json that whole files may be left out',
        setup: ({ onResolve }) => {
          onResolve({ filter: /./ }, ({ path, importer }) => {
            if (path === 'entry') return { path: file, sideEffects: true }
            if (!path.startsWith('.')) return { path, external: true, sideEffects: false }
            return { path: join(dirname(importer), path), sideEffects: true }
          })
        },
      },
    ],
  })
  return outputFiles[0]?.text ?? ''
}

/** The first lines of the statements that are left. */
function keptStatements(bundle: string): string[] {
  return bundle
    .split('\n')
    .filter((line) => /^[^\s/})\]`]/.test(line))
    .map((line) => `kept where nothing is used: ${line.slice(0, 80)}`)
}

await gate(import.meta.filename, treeShakingProblems)
