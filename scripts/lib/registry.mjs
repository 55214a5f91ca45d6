/** Where packages would be published to, asked of the tools themselves before anything is sent. */
import { PlainError, run } from './process.mjs'
import { rootManifest } from './workspace.mjs'

const PUBLIC_HOST = 'registry.npmjs.org'
const scope = `@${rootManifest.name}`

export const publicRegistry = `https://${PUBLIC_HOST}/`

/**
 * Refuses to go on unless every tool would publish to this registry. Settings come from five places and differ by
 * tool, so what was set proves nothing: what each tool says it will use does.
 *
 * @param tools - `npm`, `pnpm`
 */
export async function requireRegistry(registry, tools, { cwd, env }) {
  const expected = new URL(registry).href
  for (const tool of tools) {
    for (const key of ['registry', `${scope}:registry`]) {
      const seen = await setting(tool, key, { cwd, env })
      // The ordinary registry needs no mapping of the scope; any other registry does.
      const unset = seen === 'undefined' && key !== 'registry' && expected === publicRegistry
      if (!unset && addressOf(seen) !== expected) {
        throw new PlainError(
          `Nothing was published: for ${tool}, ${key} is not the registry asked for.\n` +
            `  asked for: ${expected}\n  ${tool} says: ${addressOf(seen) ?? 'no address'}\n` +
            `  Set PNPM_CONFIG_REGISTRY, npm_config_registry and ${scope}:registry in the .npmrc to it.`,
        )
      }
    }
  }
}

export function isLoopback(registry) {
  return new URL(registry).hostname === '127.0.0.1'
}

async function setting(tool, key, { cwd, env }) {
  const { code, stdout, output } = await run(tool, ['config', 'get', key], { cwd, env })
  if (code !== 0) throw new PlainError(`${tool} config get ${key} failed: ${output.trim()}`)
  return stdout.trim()
}

/** An address without what may stand in it for signing in. */
function addressOf(text) {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  url.username = ''
  url.password = ''
  return url.href
}
