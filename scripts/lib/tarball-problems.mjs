/** What would be wrong for whoever installs a tarball: its manifest, its maps, what is in it and should not be. */
import { posix } from 'node:path'
import { LICENCES } from './inlined.mjs'
import { manifestOf } from './release.mjs'
import { rootManifest } from './workspace.mjs'

/** Where npm's page of a package leads; provenance is refused where it is not the repository of the run. */
const REPOSITORY = `https://github.com/${rootManifest.name}/${rootManifest.name}`

const FIELDS = [
  'dependencies',
  'peerDependencies',
  'optionalDependencies',
  'devDependencies',
  'bundledDependencies',
]
/** Forms of a version that mean something only where the package was made. */
const LOCAL_FORM = /^(workspace|file|link|portal|catalog):/
/** An exact version, or a caret range of one. */
const SENSIBLE_RANGE = /^\^?\d+\.\d+\.\d+(-[\w.]+)?$/
const NEVER_PACKED = /(^|\/)(test|tests|node_modules|\.[^/]*)\/|\.test\.|(^|\/)(tsconfig.*|\..*)$/

/** Each problem as a line; `versions` are those of all packages that are packed together, by name. */
export function tarballProblems(tarball, versions) {
  const manifest = manifestOf(tarball)
  return [
    ...factProblems(manifest, tarball),
    ...dependencyProblems(manifest, versions),
    ...inlinedProblems(manifest, tarball.files),
    ...targetProblems(manifest, tarball.files),
    ...mapProblems(tarball.files),
    ...[...tarball.files.keys()]
      .filter((path) => NEVER_PACKED.test(path))
      .map((path) => `${path} should not be packed`),
  ]
}

function factProblems(manifest, { name, version, files }) {
  const directory = `packages/${posix.basename(name)}`
  const expected = {
    name,
    version,
    private: undefined,
    license: rootManifest.license,
    type: 'module',
    sideEffects: false,
    homepage: `${REPOSITORY}/tree/main/${directory}#readme`,
    bugs: `${REPOSITORY}/issues`,
    repository: { type: 'git', url: `git+${REPOSITORY}.git`, directory },
    publishConfig: { access: 'public', provenance: true },
  }
  const problems = Object.entries(expected)
    .filter(([key, value]) => JSON.stringify(manifest[key]) !== JSON.stringify(value))
    .map(([key, value]) => `package.json: ${key} is not ${JSON.stringify(value)}`)
  if (!/^\S.{20,119}[^.\s]$/.test(manifest.description ?? '')) {
    problems.push(
      'package.json: description is not one line of 22 to 121 characters without a full stop',
    )
  }
  if (new Set(manifest.keywords).size < 3) problems.push('package.json: fewer than three keywords')
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
    if (manifest.scripts?.[script] !== undefined) problems.push(`package.json: runs a ${script}`)
  }
  for (const path of ['README.md', 'LICENSE']) {
    if ((files.get(path)?.length ?? 0) === 0) problems.push(`${path} is missing or empty`)
  }
  return problems
}

function dependencyProblems(manifest, versions) {
  return FIELDS.flatMap((field) =>
    Object.entries(manifest[field] ?? {}).flatMap(([name, range]) => {
      const where = `package.json: ${field}.${name}: ${range}`
      if (LOCAL_FORM.test(range)) return [`${where} means nothing outside of the workspace`]
      const own = versions.get(name)
      if (own !== undefined) return range === own ? [] : [`${where} should be ${own}`]
      // What the package was built with is nobody else's concern.
      if (field === 'devDependencies') return []
      return SENSIBLE_RANGE.test(range) ? [] : [`${where} is neither exact nor a caret range`]
    }),
  )
}

/** What is inlined is of one version each, and its licence is there. */
function inlinedProblems({ inlinedDependencies = {} }, files) {
  const licences = files.get(`dist/${LICENCES}`)?.toString('utf8') ?? ''
  return Object.entries(inlinedDependencies).flatMap(([name, version]) => {
    const where = `package.json: inlinedDependencies.${name}: ${version}`
    if (!/^\d/.test(version)) return [`${where} is not exact`]
    const isLicensed = licences.includes(`${name} ${version}\n`)
    return isLicensed ? [] : [`${where}: its licence is not in dist/${LICENCES}`]
  })
}

/** Every file that the manifest names is there. */
function targetProblems(manifest, files) {
  const targets = []
  const collect = (value) => {
    if (typeof value === 'string') targets.push(value)
    else for (const inner of Object.values(value ?? {})) collect(inner)
  }
  for (const field of ['main', 'types', 'exports', 'bin']) collect(manifest[field])
  return targets
    .filter((target) => !files.has(posix.normalize(target)))
    .map((target) => `package.json: ${target} is not in the tarball`)
}

/** Every compiled file has its map, and every map leads to a source that is there. */
function mapProblems(files) {
  return [...files.keys()].flatMap((path) => {
    if (!/^dist\/.*\.(js|d\.ts)$/.test(path)) return []
    const [, name] = /\/\/# sourceMappingURL=(.+)$/m.exec(files.get(path).toString('utf8')) ?? []
    const map = posix.join(posix.dirname(path), name ?? '')
    if (name === undefined || !files.has(map)) return [`${path} has no source map`]
    const { sourceRoot = '', sources } = JSON.parse(files.get(map).toString('utf8'))
    return sources
      .map((source) => posix.join(posix.dirname(map), sourceRoot, source))
      .filter((source) => !files.has(source))
      .map((source) => `${map} leads to ${source}, which is not in the tarball`)
  })
}
