/** The portable suite under plain `workerd test`, without Node compatibility, as one bundle. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { firstLine } from '../../scripts/lib/results.mjs'
import { notes, root } from '../../scripts/lib/workspace.mjs'
import { writeCounts } from '../count-reporter.ts'
import { type Services, startServices } from './drivers/services.ts'
import { type WorkerdOptions, workerd } from './drivers/workerd.ts'
import { suite } from './suite.ts'

/** Where the bundle is made from, and how. */
export interface WorkerdTestOptions {
  readonly folder?: string
  readonly out?: string
  readonly bundle?: WorkerdOptions['bundle']
  readonly signal?: AbortSignal | undefined
}

/**
 * `{ ok, what, failures }`; prints why checks failed, or the output of the step that did.
 *
 * @param folder - where `suite/` and `entries/` are, and the packages that they find; default: the workspace's
 * @param out - a folder for the bundle
 * @param bundle - makes the bundle, told as that of `drivers/bundle.ts` is, which is the default
 */
export async function workerdTest({
  folder = join(root, 'tests/runtimes'),
  out = join(notes, 'workerd'),
  bundle,
  signal,
}: WorkerdTestOptions = {}): Promise<{ ok: boolean; what: string; failures: string[] }> {
  let services: Services | undefined
  try {
    const sandbox = createRequire(join(folder, 'any.js')).resolve('@isoauth/sandbox/node')
    const { serve } = await import(pathToFileURL(sandbox).href)
    const { names, ...outside } = await suite({ folder, out: join(out, 'outside.mjs') })
    services = await startServices({ serve, ...outside })
    const { origin, silentOrigin } = services
    const { passed, failed } = await workerd({
      kind: 'plain',
      entry: join(folder, 'entries/worker.ts'),
      out,
      settings: { origin, silentOrigin, skip: [] },
      bundle,
      signal,
    })
    for (const { name, why } of failed) console.error(`${name}\n${why}\n`)
    const ok = failed.length === 0 && passed.length === names.length
    const what = `${passed.length} of ${names.length} checks passed without Node's names`
    const failures = failed.map(({ name, why }) => `${name}: ${firstLine(why)}`)
    return { ok, what, failures: ok || failures.length > 0 ? failures : [what] }
  } catch (error) {
    console.error(error)
    const what = 'the suite did not run'
    return { ok: false, what, failures: [`${what}: ${firstLine(error as Error)}`] }
  } finally {
    await services?.close()
  }
}

if (process.argv[1] === import.meta.filename) {
  const { ok, what, failures } = await workerdTest()
  console.log(`workerd bundle: ${ok ? 'passed' : 'FAILED'}: ${what}`)
  const [passed, failed] = ok ? [1, 0] : [0, 1]
  writeCounts('bundle', { passed, failed, skipped: 0, portable: 0, at: Date.now(), failures })
  process.exitCode = ok ? 0 : 1
}
