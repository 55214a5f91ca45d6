/**
 * The built packages in workerd with nothing of Node in it: the vitest project of the same runtime has `process` and
 * `Buffer` for its own needs, so it cannot tell whether a package leans on them. `scripts/workerd-test.mjs` bundles
 * this file for `workerd test`, which fails when `test()` throws.
 */
import { cryptoVectors } from './crypto-vectors.ts'
import { handshakeChecks } from './handshake.ts'

/** Names that only Node has, or that a bundle for a worker must not find. */
const ABSENT = ['process', 'Buffer', 'require', 'module', '__dirname', 'global', 'setImmediate']

export default {
  async test(): Promise<void> {
    const found = ABSENT.filter((name) => evaluates(name))
    if (found.length > 0) throw new Error(`this isolate has ${found.join(', ')}`)
    const checks = [...cryptoVectors(), ...handshakeChecks]
    for (const { name, run } of checks) {
      try {
        await run()
      } catch (error) {
        throw new Error(
          `${name}: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
        )
      }
    }
    if (checks.length < 50) throw new Error(`only ${checks.length} checks were found`)
    console.log(`${checks.length} checks passed without ${ABSENT.join(', ')}`)
  },
}

function evaluates(name: string): boolean {
  return (globalThis as Record<string, unknown>)[name] !== undefined
}
