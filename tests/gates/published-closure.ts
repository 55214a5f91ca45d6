/** Everything of others that comes with the published packages: by the lockfile, and in their own files. */
import { inlinedInto } from '../../scripts/lib/inlined.mjs'
import { PlainError, run } from '../../scripts/lib/process.mjs'
import { toolEnv } from '../../scripts/lib/setup.mjs'
import { publicPackages, root } from '../../scripts/lib/workspace.mjs'

interface Dependency {
  readonly name: string
  readonly versions: readonly string[]
  readonly licence: string
}

let closure: Promise<Dependency[]> | undefined

/** Dependencies of dependencies included; read once. */
export function publishedClosure(): Promise<Dependency[]> {
  closure ??= readClosure()
  return closure
}

async function readClosure(): Promise<Dependency[]> {
  const filters = publicPackages().flatMap(({ name }) => ['--filter', name])
  const args = [...filters, 'licenses', 'list', '--prod', '--json']
  const { code, output } = await run('pnpm', args, { cwd: root, env: toolEnv() })
  if (code !== 0) throw new PlainError(`pnpm ${args.join(' ')}: ${output.trim()}`)
  const listed: Record<string, { name: string; versions: string[] }[]> = JSON.parse(output)
  const found = Object.entries(listed).flatMap(([licence, packages]) =>
    packages.map(({ name, versions }) => ({ name, versions, licence })),
  )
  const direct = publicPackages().flatMap(({ manifest }) =>
    Object.keys(manifest.dependencies ?? {}),
  )
  const names = new Set([...found, ...publicPackages()].map(({ name }) => name))
  const missing = direct.filter((name) => !names.has(name))
  if (missing.length > 0) throw new PlainError(`pnpm licenses leaves out ${missing.join(', ')}`)
  const inlined = publicPackages().flatMap(({ dir, manifest }) => inlinedInto(dir, manifest))
  return [...found, ...inlined.map(({ version, ...item }) => ({ ...item, versions: [version] }))]
}
