/** Everything of others that comes with the published packages, by the lockfile. */
import { PlainError, run } from './process.mjs'
import { toolEnv } from './setup.mjs'
import { publicPackages, root } from './workspace.mjs'

let closure

/** `[{ name, versions, licence }]`, dependencies of dependencies included; read once. */
export function publishedClosure() {
  closure ??= readClosure()
  return closure
}

async function readClosure() {
  const filters = publicPackages().flatMap(({ name }) => ['--filter', name])
  const args = [...filters, 'licenses', 'list', '--prod', '--json']
  const { code, output } = await run('pnpm', args, { cwd: root, env: toolEnv() })
  if (code !== 0) throw new PlainError(`pnpm ${args.join(' ')}: ${output.trim()}`)
  const found = Object.entries(JSON.parse(output)).flatMap(([licence, packages]) =>
    packages.map(({ name, versions }) => ({ name, versions, licence })),
  )
  const direct = publicPackages().flatMap(({ manifest }) =>
    Object.keys(manifest.dependencies ?? {}),
  )
  const names = new Set([...found, ...publicPackages()].map(({ name }) => name))
  const missing = direct.filter((name) => !names.has(name))
  if (missing.length > 0) throw new PlainError(`pnpm licenses leaves out ${missing.join(', ')}`)
  return found
}
