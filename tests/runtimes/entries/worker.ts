/** The suite in workerd, for `workerd test`: the report as a line of its output. */
import { runSuite, type Settings } from '../suite/run.ts'

interface Environment {
  readonly SETTINGS: Settings
  /** Whether this worker was started with Node compatibility. */
  readonly NODE_COMPATIBILITY: boolean
}

/** Names that only Node has, or that a bundle for a worker must not find. */
const NODE_NAMES = ['process', 'Buffer', 'global', 'setImmediate']
const NEVER = ['require', 'module', '__dirname']

export default {
  async test(_controller: unknown, environment: Environment): Promise<void> {
    const { SETTINGS, NODE_COMPATIBILITY } = environment
    const expected = NODE_COMPATIBILITY ? NODE_NAMES : []
    const found = [...NODE_NAMES, ...NEVER].filter((name) => name in globalThis)
    if (found.join() !== expected.join()) {
      throw new Error(`this isolate has [${found}] of Node and should have [${expected}]`)
    }
    console.log(`report ${JSON.stringify(await runSuite(SETTINGS))}`)
  },
}
