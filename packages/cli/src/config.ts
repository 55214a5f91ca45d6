/**
 * The configuration of the `isoauth` command, for other programs that sign in with the same file: the
 * JSON that the sandbox writes, the same with names of PEM files, or variables.
 *
 * @packageDocumentation
 */
import { type LoadedConfig, loadConfig } from './internal/config/load.ts'
import { argumentsInvalid } from './internal/errors.ts'

export {
  ibkrOAuth1Options,
  ibkrOAuth2Options,
  ultraCartSsoOptions,
} from './internal/config/client-options.ts'
export type { LoadedConfig, SettingProblem } from './internal/config/load.ts'
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
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw argumentsInvalid(
      'options of readConfig must be an object, as { file, env, cwd }.',
      'options',
    )
  }
  const { file, env = {}, cwd = '.' } = options
  return await loadConfig({ file, env, cwd })
}
