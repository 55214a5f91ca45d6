/**
 * The last step of a release: publishes the tarballs of a folder, as they are, by npm.
 *
 *     node scripts/release-publish.mjs FOLDER --digest DIGEST --public              on CI only
 *     node scripts/release-publish.mjs FOLDER --digest DIGEST --registry ADDRESS    a registry on 127.0.0.1
 *
 * Needs npm and nothing installed. Safe to run again: what is there already with the same digest is left alone.
 * Provenance (https://slsa.dev) is signed with the identity of a CI run, so it is made with `--public` only.
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { main, PlainError, run } from './lib/process.mjs'
import { isLoopback, publicRegistry, requireRegistry } from './lib/registry.mjs'
import { inOrderOfNeed, verifiedTarballs } from './lib/release.mjs'
import { toolEnv } from './lib/setup.mjs'

await main(async () => {
  const { folder, digest, isPublic, registry } = readArguments()
  const tarballs = inOrderOfNeed(verifiedTarballs(folder, digest))
  const where = { cwd: folder, env: publishingEnv(registry) }
  // pnpm publishes nothing here, but one that points elsewhere shows that the settings do not hold.
  const tools = isPublic ? ['npm'] : ['npm', 'pnpm']
  for (const tarball of tarballs) {
    const { name, version, integrity } = tarball
    await requireRegistry(registry, tools, where)
    const there = await publishedIntegrity(tarball, registry, where)
    if (there === integrity) {
      console.log(`publish: ${name} ${version} is there already`)
      continue
    }
    if (there !== undefined) {
      throw new PlainError(`${name} ${version} was published before, with other contents`)
    }
    await publish(tarball, { registry, isPublic, where })
    console.log(`publish: ${name} ${version}${isPublic ? ', with provenance' : ''}`)
  }
})

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      digest: { type: 'string' },
      public: { type: 'boolean', default: false },
      registry: { type: 'string' },
    },
  })
  const { digest, public: isPublic, registry } = values
  const [folder, ...rest] = positionals
  if (folder === undefined || rest.length > 0 || digest === undefined) {
    throw new PlainError(
      'usage: release-publish.mjs FOLDER --digest DIGEST --public | --registry …',
    )
  }
  if (isPublic === (registry !== undefined)) {
    throw new PlainError('Say where to: either --public or --registry ADDRESS.')
  }
  if (isPublic && process.env.ACTIONS_ID_TOKEN_REQUEST_URL === undefined) {
    throw new PlainError(
      'Publishing for everybody is done by .github/workflows/release.yml only: provenance needs the identity of its run.',
    )
  }
  if (!isPublic && !(URL.canParse(registry) && isLoopback(registry))) {
    throw new PlainError('--registry takes an address on 127.0.0.1; use --public for all others.')
  }
  return { folder: resolve(folder), digest, isPublic, registry: registry ?? publicRegistry }
}

/** npm takes the run's identity; a token only where there is one, for a package that npm does not know yet. */
function publishingEnv(registry) {
  const { NPM_TOKEN: token, ...env } = toolEnv()
  if (!token) return env
  const { host } = new URL(registry)
  return { ...env, [`npm_config_//${host}/:_authToken`]: token }
}

/** The digest of this version where it was published, undefined where it was not. */
async function publishedIntegrity({ name, version }, registry, where) {
  const args = ['view', `${name}@${version}`, 'dist.integrity', '--registry', registry]
  const { code, stdout, output } = await run('npm', [...args, '--loglevel=error'], where)
  if (code === 0) return stdout.trim() === '' ? undefined : stdout.trim()
  if (/\bE404\b/.test(output)) return undefined
  throw new PlainError(`npm ${args.join(' ')}\n${output.trim()}`)
}

async function publish({ name, path }, { registry, isPublic, where }) {
  const args = [
    ...['publish', path, '--registry', registry, '--access=public', '--ignore-scripts'],
    `--provenance=${isPublic}`,
  ]
  const { code, output } = await run('npm', args, where)
  if (code !== 0) throw new PlainError(`${output.trim()}\n\nnpm publish failed for ${name}`)
}
