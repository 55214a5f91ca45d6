/** openapi-typescript, from beside this command or from the user's project. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CliError } from '../errors.ts'
import type { JsonObject } from './corrections.ts'

/** Makes the text of types. */
export type Generator = (description: JsonObject) => Promise<string>

/** A place where the module may be; it rejects with the platform's code where there is none. */
export type Place = () => Promise<unknown>

/** What is used of the module. */
interface OpenApiTypescript {
  readonly default: (
    description: JsonObject,
    options: { readonly silent: boolean },
  ) => Promise<unknown>
  readonly astToString: (nodes: unknown) => string
}

/** Not written into the `import`: its types are not there where it is not installed, and the build must not need them. */
const MODULE: string = 'openapi-typescript'

/** What was installed with this command, before what the project of a folder has. */
export function placesFor(cwd: string): readonly Place[] {
  return [() => import(MODULE), () => fromProject(cwd)]
}

/** @throws CliError `CLI_GENERATOR_MISSING` where it is installed nowhere. */
export async function loadGenerator(places: readonly Place[]): Promise<Generator> {
  const { default: generate, astToString } = await firstOf(places)
  return async (description) => {
    try {
      return astToString(await generate(description, { silent: true }))
    } catch {
      // Its message may quote the description at any length.
      throw new CliError(
        'openapi-typescript cannot make types of the description. What it says of the cause, if anything, stands before this.',
        { code: 'CLI_DESCRIPTION_UNREADABLE', option: 'from' },
      )
    }
  }
}

async function firstOf(places: readonly Place[]): Promise<OpenApiTypescript> {
  for (const load of places) {
    try {
      return (await load()) as OpenApiTypescript
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  throw new CliError(
    'openapi-typescript is not installed; it makes the types, and does not come with isoauth. Install it in this project: npm install --save-dev openapi-typescript@7.13.0 typescript@5. Without a project: npx -p @isoauth/cli -p openapi-typescript@7.13.0 -p typescript@5 isoauth types ...',
    { code: 'CLI_GENERATOR_MISSING' },
  )
}

async function fromProject(cwd: string): Promise<unknown> {
  const file = createRequire(join(cwd, 'package.json')).resolve(MODULE)
  const module = await import(pathToFileURL(file).href)
  // As CommonJS the whole of it is the default.
  return typeof module.default === 'function' ? module : module.default
}
