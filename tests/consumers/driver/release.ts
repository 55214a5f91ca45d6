/** The release as it would be, with the same commands, but in a copy of the project and to a registry of our own. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PlainError, run } from '../../../scripts/lib/process.mjs'
import { verifiedTarballs } from '../../../scripts/lib/release.mjs'
import { toolEnv } from '../../../scripts/lib/setup.mjs'
import { rootManifest } from '../../../scripts/lib/workspace.mjs'
import type { Context, Tarball } from './context.ts'
import { copyWorkspace } from './workspace-copy.ts'

/** What was versioned and packed. */
export interface Release {
  /** The project that was versioned. */
  readonly copy: string
  /** The folder of its tarballs. */
  readonly packed: string
  readonly digest: string
  readonly tarballs: readonly Tarball[]
}

export async function packRelease({
  folder,
  table,
  signal,
}: Context): Promise<Release | undefined> {
  const copy = join(folder, 'project')
  const packed = join(folder, 'tarballs')
  const sboms = join(folder, 'sboms')
  mkdirSync(copy)
  const step = (name: string, args: readonly string[] = []) =>
    releaseStep(copy, name, { args, env: toolEnv(), signal })
  const version = await table.check(
    { consumer: 'release: version', version: 'changesets', what: 'in a copy of the project' },
    async () => {
      const files = await copyWorkspace(copy, signal)
      const told = (await step('version')).match(/^version: .+ -> .+/gm) ?? []
      return `${files} files, ${told.length} new versions`
    },
  )
  if (version === undefined) return undefined
  let digest = ''
  const done = await table.check(
    { consumer: 'release: pack', version: `pnpm ${pnpmVersion()}`, what: 'built and packed' },
    async () => {
      const output = await step('pack', [packed])
      digest = /^pack: digest (\w+)$/m.exec(output)?.[1] ?? ''
      return `${count(output, /^pack: @/gm)} tarballs`
    },
  )
  if (done === undefined) return undefined
  await table.check(
    { consumer: 'release: sbom', version: `pnpm ${pnpmVersion()}`, what: 'CycloneDX' },
    async () => {
      const output = await step('sbom', [packed, sboms])
      return `${count(output, /^sbom: @/gm)} lists of what the packages are made of`
    },
  )
  await table.check(
    { consumer: 'release: notes', version: 'changesets', what: 'for GitHub, with these lists' },
    async () => `${count(await step('github', [sboms, '--dry-run']), /^github: @/gm)} releases`,
  )
  return { copy, packed, digest, tarballs: verifiedTarballs(packed, digest) }
}

/** Publishes to our own registry, after it was seen that the two mistakes that matter are refused. */
export async function publishRelease(
  { folder, table, signal }: Context,
  { copy, packed, digest }: Release,
  registry: string,
): Promise<boolean> {
  const npm = (await run('npm', ['--version'], { env: toolEnv(), signal })).stdout.trim()
  const row = (what: string) => ({ consumer: 'release: publish', version: `npm ${npm}`, what })
  const env = publishingEnv(folder, registry)
  const step = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
    releaseStep(copy, 'publish', { args, env: { ...env, ...more }, signal })
  const here = ['--digest', digest, '--registry', registry]

  await table.check(row('refused where pnpm would go elsewhere'), () =>
    refused(
      step([packed, ...here], { PNPM_CONFIG_REGISTRY: 'http://127.0.0.1:9/' }),
      'is not the registry asked for',
    ),
  )
  await table.check(row('refused where a byte of a tarball was changed'), () =>
    refused(step([changed(folder, packed), ...here]), 'its SHA-512 differs'),
  )
  await table.check(row('refused for everybody outside of CI'), () =>
    refused(
      step([packed, '--digest', digest, '--public'], { ACTIONS_ID_TOKEN_REQUEST_URL: undefined }),
      'release.yml only',
    ),
  )
  const published = await table.check(row('to a registry of our own'), async () => {
    const output = await step([packed, ...here])
    return `${count(output, /^publish: @/gm)} packages, without provenance (no CI run)`
  })
  if (published === undefined) return false
  const again = await table.check(row('again: nothing is published twice'), async () => {
    const output = await step([packed, ...here])
    if (/^publish: @.*\d$/m.test(output)) throw new PlainError(output)
  })
  const tag = { consumer: 'release: tag', version: 'git', what: 'in the copy' }
  const tagged = await table.check(tag, async () => {
    const output = await releaseStep(copy, 'tag', { env, signal })
    return `${count(output, /^tag: @/gm)} tags`
  })
  return again !== undefined && tagged !== undefined
}

async function releaseStep(
  copy: string,
  name: string,
  {
    args = [],
    env,
    signal,
  }: { args?: readonly string[]; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<string> {
  const script = join(copy, `scripts/release-${name}.mjs`)
  const { code, output } = await run(process.execPath, [script, ...args], {
    cwd: copy,
    // What this run finds is nothing for the jobs of a CI.
    env: { ...env, GITHUB_OUTPUT: undefined },
    signal,
  })
  if (code !== 0) throw new PlainError(output.trim())
  return output
}

/** No setting and no token of the person's is used: npm gets an `.npmrc` of its own. */
function publishingEnv(folder: string, registry: string): NodeJS.ProcessEnv {
  const npmrc = join(folder, 'publish.npmrc')
  const lines = [`registry=${registry}/`, `@${rootManifest.name}:registry=${registry}/`]
  writeFileSync(npmrc, `${lines.join('\n')}\n`)
  return {
    ...toolEnv(),
    npm_config_userconfig: npmrc,
    npm_config_cache: join(folder, 'caches/npm'),
    npm_config_registry: `${registry}/`,
    PNPM_CONFIG_REGISTRY: `${registry}/`,
    // The registry takes any word; npm wants one.
    NPM_TOKEN: 'local',
  }
}

async function refused(work: Promise<unknown>, why: string): Promise<void> {
  try {
    await work
  } catch (error) {
    if (error instanceof PlainError && error.message.includes(why)) return
    throw error
  }
  throw new PlainError('it was published all the same')
}

/** A copy of the folder in which one tarball has one byte changed. */
function changed(folder: string, packed: string): string {
  const copy = join(folder, 'changed')
  mkdirSync(copy)
  for (const name of readdirSync(packed)) copyFileSync(join(packed, name), join(copy, name))
  const file = join(copy, readdirSync(copy).find((name) => name.endsWith('.tgz')) ?? '')
  const bytes = readFileSync(file)
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1)
  writeFileSync(file, bytes)
  return copy
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

function pnpmVersion(): string {
  return rootManifest.packageManager.split('@')[1]
}
