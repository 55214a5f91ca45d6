/**
 * Beside the second step of a release: writes what each package is made of (CycloneDX), with the digests of the tarballs.
 *
 *     node scripts/release-sbom.mjs TARBALLS FOLDER
 *
 * Made by pnpm, in the version of `packageManager`, from the lockfile; compared with what was packed. FOLDER gets one file for
 * each package, `core-crypto-0.1.0.cdx.json` and the like.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { main, PlainError, run } from './lib/process.mjs'
import { verifiedTarballs } from './lib/release.mjs'
import { sbomProblems, withInlined, withTarballs } from './lib/sbom.mjs'
import { setUp, toolEnv } from './lib/setup.mjs'
import { publicPackages, root } from './lib/workspace.mjs'

const KIND = ['--sbom-format', 'cyclonedx', '--sbom-spec-version', '1.6', '--exclude-peers']
/** What is installed with a package, and nothing that it is built or tested with. */
const INSTALLED = ['--prod']

await main(async () => {
  const [packed, folder, ...rest] = process.argv.slice(2)
  if (packed === undefined || folder === undefined || rest.length > 0) {
    throw new PlainError(
      'usage: node scripts/release-sbom.mjs TARBALLS FOLDER   (FOLDER empty, or not there yet)',
    )
  }
  const out = resolve(folder)
  mkdirSync(out, { recursive: true })
  if (readdirSync(out).length > 0) throw new PlainError(`${folder} is not empty`)
  await setUp()
  const tarballs = verifiedTarballs(resolve(packed))
  const inlined = await inlinedComponents()
  const problems = []
  for (const tarball of tarballs) {
    const { name, version } = tarball
    const sbom = withTarballs(withInlined(await sbomOf(name, INSTALLED), inlined), tarballs)
    problems.push(...sbomProblems(sbom, tarball).map((problem) => `${name}: ${problem}`))
    const file = `${basename(name)}-${version}.cdx.json`
    writeFileSync(join(out, file), `${JSON.stringify(sbom, null, 2)}\n`)
    console.log(`sbom: ${name} ${version}, ${sbom.components.length} components`)
  }
  if (problems.length > 0) throw new PlainError(problems.join('\n'))
})

/** What packages contain of others, which is among what they are built with. */
async function inlinedComponents() {
  const found = new Map()
  for (const { name: of, manifest } of publicPackages()) {
    const names = Object.keys(manifest.inlinedDependencies ?? {})
    if (names.length === 0) continue
    const { components } = await sbomOf(of, [])
    const isInlined = ({ group, name }) => names.includes(group ? `${group}/${name}` : name)
    // To pnpm it is nothing that is installed; to who installs the package it is.
    const asInstalled = ({ scope: _scope, properties: _properties, ...component }) => component
    found.set(of, components.filter(isInlined).map(asInstalled))
  }
  return found
}

async function sbomOf(name, scope) {
  const args = ['--filter', name, 'sbom', ...KIND, ...scope]
  const { code, stdout, output } = await run('pnpm', args, { cwd: root, env: toolEnv() })
  if (code !== 0) throw new PlainError(`${output.trim()}\n\npnpm sbom failed for ${name}`)
  return JSON.parse(stdout)
}
