/**
 * A package's `build`, into an empty `dist`: its declarations as the compiler writes them, a file for each source, and
 * its code as one file for each entry, since a runtime without a bundler pays for every file that it reads. What several
 * entries have in common, and what is loaded when it is needed, are files of their own in `dist/chunks`, so that a
 * class exists once. What the manifest names as `inlinedDependencies` is taken into those files, with its licence beside
 * them. Then notes what came of it and from which inputs.
 */
import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, relative } from 'node:path'
import { rolldown } from 'rolldown'
import { BUILT, outputsOf } from './lib/build.mjs'
import { inlinedInto, LICENCES, licencesOf, noticeOf } from './lib/inlined.mjs'
import { run } from './lib/process.mjs'
import { readJson, sourceOf } from './lib/workspace.mjs'

rmSync('dist', { recursive: true, force: true })
const compiler = ['-p', 'tsconfig.json', '--emitDeclarationOnly']
const { code } = await run('tsc', compiler, { show: true })
if (code !== 0) process.exit(code ?? 1)
await bundle(readJson('package.json'))
// turbo's hash of the sources, of what they need and of the tools.
const hash = process.env.TURBO_HASH
writeFileSync(BUILT, `${JSON.stringify({ hash, files: outputsOf(process.cwd()) }, null, 2)}\n`)

/** @param {import('./lib/workspace.mjs').Manifest} manifest */
async function bundle(manifest) {
  const outputs = [
    ...Object.values(manifest.exports).flatMap(({ default: output }) => output ?? []),
    ...Object.values(manifest.bin ?? {}),
  ]
  const inlined = inlinedInto(process.cwd(), manifest)
  const isInlined = (id) => inlined.some(({ name }) => id.startsWith(`${name}/`))
  const build = await rolldown({
    input: Object.fromEntries(outputs.map((output) => [nameOf(output), sourceOf(output)])),
    // All other packages stay what they are to whoever installs this one.
    external: (id) => !id.startsWith('.') && !isAbsolute(id) && !isInlined(id),
    platform: 'neutral',
    tsconfig: 'tsconfig.json',
    transform: { target: 'es2022' },
    plugins: [
      {
        // A map leads to sources that are in the package. One to none (`null`) ends the build of some bundlers.
        name: 'code of others is not mapped',
        transform: (code, id) => (isOfOthers(id) ? { code, map: { mappings: '' } } : null),
      },
    ],
    // A constant is read under its name.
    optimization: { inlineConst: false },
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  const { output } = await build.write({
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    minify: false,
    // One notice for all that is inlined, in each file that has some of it.
    comments: { legal: false },
    banner: ({ moduleIds }) => (moduleIds.some(isOfOthers) ? noticeOf(inlined) : ''),
    minifyInternalExports: false,
    sourcemap: true,
    // The sources are in the package: the maps lead to them.
    sourcemapExcludeSources: true,
  })
  await build.close()
  if (inlined.length > 0) writeFileSync(`dist/${LICENCES}`, licencesOf(inlined))
  const files = new Set(output.map(({ fileName }) => fileName))
  for (const chunk of output) {
    if (chunk.type !== 'chunk') continue
    refuseUnnamed(chunk, files, manifest)
    if (!chunk.map) writeEmptyMap(chunk)
  }
}

/** @param {string} id - of a module */
function isOfOthers(id) {
  return /[\\/]node_modules[\\/]/.test(id)
}

/**
 * Whoever installs the package has what its manifest names, and nothing else.
 *
 * @param {import('rolldown').OutputChunk} chunk
 * @param {ReadonlySet<string>} files - of the package
 * @param {import('./lib/workspace.mjs').Manifest} manifest
 */
function refuseUnnamed({ fileName, imports, dynamicImports }, files, manifest) {
  const { name: own, dependencies, peerDependencies, optionalDependencies } = manifest
  const named = [
    own,
    ...Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }),
  ]
  const unnamed = [...imports, ...dynamicImports].filter(
    (id) =>
      !files.has(id) &&
      !id.startsWith('node:') &&
      !named.some((name) => id === name || id.startsWith(`${name}/`)),
  )
  if (unnamed.length === 0) return
  throw new Error(
    `dist/${fileName} imports ${unnamed.join(', ')}, which no field of package.json names`,
  )
}

/**
 * A file that only hands on names has nothing to map; tools that look for a map find one.
 *
 * @param {import('rolldown').OutputChunk} chunk
 */
function writeEmptyMap({ fileName, facadeModuleId }) {
  const [path, file] = [`dist/${fileName}`, basename(fileName)]
  const source = facadeModuleId && relative(dirname(path), facadeModuleId).replaceAll('\\', '/')
  const sources = source ? [source] : []
  writeFileSync(
    `${path}.map`,
    JSON.stringify({ version: 3, file, names: [], sources, mappings: '' }),
  )
  appendFileSync(path, `\n//# sourceMappingURL=${file}.map`)
}

/** `index` of `./dist/index.js`. */
function nameOf(output) {
  return output.replace(/^\.\/dist\//, '').replace(/\.js$/, '')
}
