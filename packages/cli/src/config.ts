/**
 * The configuration of the `isoauth` command, for other programs that sign in with the same file: the
 * JSON that the sandbox writes, the same with names of PEM files, or variables.
 *
 * @packageDocumentation
 */
import { findConfigFile, profileNotFound } from './internal/config/find.ts'
import { type LoadedConfig, loadConfig } from './internal/config/load.ts'
import { argumentsInvalid } from './internal/errors.ts'
import { userFolders } from './internal/user-folders.ts'

export {
  ibkrOAuth1Options,
  ibkrOAuth2Options,
  ultraCartSsoOptions,
} from './internal/config/client-options.ts'
export type { LoadedConfig, SettingOrigin, SettingProblem } from './internal/config/load.ts'
export type { Section, SectionName, SectionSettings } from './internal/config/settings.ts'
export { CliError, type CliErrorCode, type CliErrorOptions } from './internal/errors.ts'

/** What {@link readConfig} takes. */
export interface ReadConfigOptions {
  /** The JSON file, relative to `cwd`. Default: none, the environment alone. */
  readonly file?: string | undefined
  /** Variables named `ISOAUTH_…`, which win over the file. Default: none is looked at. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** The folder that names are relative to; those in the file are relative to the file's. Default: `.` */
  readonly cwd?: string | undefined
}

/** What {@link findConfig} takes. */
export interface FindConfigOptions {
  /** Looks for `isoauth.<profile>.json`: letters, digits, `-` and `_`, at most 40. Default: `isoauth.json`. */
  readonly profile?: string | undefined
  /** The folder to begin at. Default: `.` */
  readonly cwd?: string | undefined
}

/**
 * Reads a configuration and the files that it names. A setting that cannot be read is told when the
 * options of its section are asked for.
 *
 * @returns what was found, to be given to {@link ibkrOAuth1Options} and its like
 * @throws {@link CliError} `CLI_FILE_UNREADABLE`, `CLI_CONFIG_INVALID`; no message quotes the file
 *
 * @example
 * ```ts
 * const config = await readConfig({ file: 'isoauth.json', env: process.env })
 * const ibkr = createIbkrOAuth1(ibkrOAuth1Options(config))
 * ```
 */
export async function readConfig(options: ReadConfigOptions = {}): Promise<LoadedConfig> {
  requireObject(options, 'readConfig', '{ file, env, cwd }')
  const { file, env = {}, cwd = '.' } = options
  return await loadConfig({ file, env, cwd })
}

/**
 * Finds the file that the command would use: `isoauth.json` of the project that the folder belongs to, else of the
 * user's folder for configurations; with a profile, `isoauth.<profile>.json`.
 *
 * @returns its absolute path, for {@link readConfig}; undefined where there is none and no profile was asked for
 * @throws {@link CliError} `CLI_ARGUMENTS_INVALID`; `CLI_CONFIG_INVALID` where the profile has no file (variables alone
 *   may be those of another account), and where the file belongs to another user; `CLI_FILE_UNREADABLE` where a place
 *   cannot be looked at
 *
 * @example
 * ```ts
 * const config = await readConfig({ file: await findConfig({ profile: 'paper' }), env: process.env })
 * ```
 */
export async function findConfig(options: FindConfigOptions = {}): Promise<string | undefined> {
  requireObject(options, 'findConfig', '{ profile, cwd }')
  const { profile, cwd = '.' } = options
  for (const [name, value] of Object.entries({ profile, cwd })) {
    if (value === undefined || typeof value === 'string') continue
    throw argumentsInvalid(`${name} of findConfig must be a text.`, name)
  }
  const found = await findConfigFile({ profile, cwd, userFolder: userFolders().config })
  if (found.file === undefined && profile !== undefined) throw await profileNotFound(found)
  return found.file
}

function requireObject(options: unknown, name: string, form: string): void {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return
  throw argumentsInvalid(`options of ${name} must be an object, as ${form}.`, 'options')
}
