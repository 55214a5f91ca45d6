/** The configuration that a command works with: the one that is named, or the one that is found. */
import type { ConfigOption } from '../commands/options.ts'
import type { Context } from '../context.ts'
import { argumentsInvalid, type CliError, configInvalid } from '../errors.ts'
import { shownPath } from '../files.ts'
import { shellWord } from '../shell-word.ts'
import { type ChosenConfig, findConfigFile, profileNotFound } from './find.ts'
import { requireNoForeignAddress } from './foreign-address.ts'
import { type LoadedConfig, loadConfig } from './load.ts'

/** A configuration with the file that it was read from. */
export interface ReadConfig {
  readonly config: LoadedConfig
  readonly chosen: ChosenConfig
}

/** Reads the configuration that the options or the environment name, or that is found; tells a person which. */
export async function configOf(context: Context, options: ConfigOption): Promise<LoadedConfig> {
  const { config, chosen } = await readChosenConfig(context, options)
  const { io, errorColors, isJson } = context
  if (chosen.file !== undefined && io.stderr.isTerminal && !isJson) {
    const profile = chosen.profile === undefined ? '' : `, profile ${chosen.profile}`
    await io.stderr.write(`${errorColors.dim(`Using ${config.name}${profile}`)}\n`)
  }
  return config
}

/** The same, printing nothing: for commands that tell themselves which file it is. */
export async function readChosenConfig(
  context: Context,
  options: ConfigOption,
): Promise<ReadConfig> {
  const { io } = context
  const { env, cwd } = io
  context.configFlags = flagsOf(options)
  const chosen = await chooseConfig(io, options)
  // Variables must not stand in for a profile that was asked for by its name: they may be those of another account.
  if (chosen.choice === 'none' && chosen.profile !== undefined) throw await profileNotFound(chosen)
  const file =
    chosen.choice === 'named' ? nameOf(options, env) : chosen.file && shownPath(chosen.file, cwd)
  const config = await loadConfig({ file, env, cwd })
  const isEmpty = Object.keys(config.sections).length === 0 && config.unknown.length === 0
  if (isEmpty) {
    if (file === undefined) throw notFound(chosen)
    throw configInvalid(`${file} holds none of ibkr.oauth1, ibkr.oauth2 and ultracart.`)
  }
  // A file in the user's own folder was put there by the user.
  if (chosen.choice === 'project') requireNoForeignAddress(config)
  return { config, chosen }
}

/** Variables are not among them: they are those of the next command too. */
function flagsOf({ config, profile }: ConfigOption): string {
  if (config !== undefined) return ` --config ${shellWord(config)}`
  return profile === undefined ? '' : ` --profile ${shellWord(profile)}`
}

function nameOf({ config }: ConfigOption, env: Context['io']['env']): string | undefined {
  return config ?? (env['ISOAUTH_CONFIG'] || undefined)
}

async function chooseConfig(io: Context['io'], options: ConfigOption): Promise<ChosenConfig> {
  const { env, cwd } = io
  if (options.config === '') throw argumentsInvalid('--config needs the name of a file.', 'config')
  if (options.config !== undefined && options.profile !== undefined) {
    throw argumentsInvalid('Give --config or --profile, not both: each names a file.', 'profile')
  }
  // An option says more of what is meant now than a variable does.
  const profile = options.profile ?? (env['ISOAUTH_PROFILE'] || undefined)
  const isNamed = options.config !== undefined || options.profile === undefined
  const named = isNamed ? nameOf(options, env) : undefined
  if (named !== undefined) {
    if (options.config === undefined && profile !== undefined) {
      throw configInvalid('Set ISOAUTH_CONFIG or ISOAUTH_PROFILE, not both: each names a file.')
    }
    return { file: named, choice: 'named', profile: undefined, looked: [named] }
  }
  const { config: userFolder } = await io.userFolders()
  return await findConfigFile({ profile, cwd, userFolder })
}

function notFound({ looked }: ChosenConfig): CliError {
  return configInvalid(
    `There is no configuration. Looked for: ${looked.join(', ')}. Make one: isoauth init asks for everything and writes one here. Or name one by --config FILE, or set variables such as ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY.`,
  )
}
