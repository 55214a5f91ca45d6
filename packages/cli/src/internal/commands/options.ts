/** Options that several commands have. */
import { relative } from 'node:path'
import { Option } from 'commander'
import type { ChosenConfig } from '../config/find.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { Context } from '../context.ts'
import { argumentsInvalid, type CliError, configInvalid } from '../errors.ts'
import { COLOR_CHOICES } from '../text.ts'

export interface ConfigOption {
  readonly config?: string
  readonly profile?: string
}

/** A configuration with the file that it was read from. */
export interface ReadConfig {
  readonly config: LoadedConfig
  readonly chosen: ChosenConfig
}

export function configOption(): Option {
  return new Option('-c, --config <file>', 'credentials: JSON; found by itself, see isoauth --help')
}

export function profileOption(): Option {
  return new Option('-P, --profile <name>', 'read isoauth.<name>.json in the place of isoauth.json')
}

export function jsonOption(): Option {
  return new Option('--json', 'write one JSON document, for scripts')
}

export function colorOption(): Option {
  const option = new Option('--color <when>', 'colours: auto (on a terminal), always or never')
  return option.choices([...COLOR_CHOICES])
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

/** The same without a word, for commands that tell it themselves. */
export async function readChosenConfig(
  { io }: Context,
  options: ConfigOption,
): Promise<ReadConfig> {
  const { env, cwd } = io
  const chosen = await chooseConfig(io, options)
  const { loadConfig } = await import('../config/load.ts')
  const file = chosen.choice === 'named' ? nameOf(options, env) : shownPath(chosen.file, cwd)
  const config = await loadConfig({ file, env, cwd })
  const isEmpty = Object.keys(config.sections).length === 0 && config.unknown.length === 0
  if (isEmpty) {
    if (file === undefined) throw await notFound(chosen)
    throw configInvalid(`${file} holds none of ibkr.oauth1, ibkr.oauth2 and ultracart.`)
  }
  if (chosen.choice === 'project') {
    const { requireNoForeignAddress } = await import('../config/foreign-address.ts')
    requireNoForeignAddress(config)
  }
  return { config, chosen }
}

function nameOf({ config }: ConfigOption, env: Context['io']['env']): string | undefined {
  return config ?? (env['ISOAUTH_CONFIG'] || undefined)
}

async function chooseConfig(io: Context['io'], options: ConfigOption): Promise<ChosenConfig> {
  const { env, cwd } = io
  if (options.config === '') throw configInvalid('--config needs the name of a file.')
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
  const { findConfigFile } = await import('../config/find.ts')
  const { config: userFolder } = await io.userFolders()
  return await findConfigFile({ profile, cwd, userFolder })
}

/** A path below the working folder relative to it, another one as it is. */
function shownPath(file: string | undefined, cwd: string): string | undefined {
  if (file === undefined) return undefined
  const path = relative(cwd, file)
  return path === '' || path.startsWith('..') ? file : path
}

async function notFound({ looked, profile }: ChosenConfig): Promise<CliError> {
  const { knownProfiles } = await import('../config/find.ts')
  const places = `Looked for: ${looked.join(', ')}.`
  if (profile === undefined) {
    return configInvalid(
      `There is no configuration. ${places} Make one: isoauth keygen --out . writes one to fill in here. Or name one by --config FILE, or set variables such as ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY.`,
    )
  }
  const known = await knownProfiles(looked)
  const others =
    known.length === 0 ? 'There are no profiles there.' : `Profiles there: ${known.join(', ')}.`
  return configInvalid(
    `There is no configuration of the profile ${profile}. ${places} ${others} A profile is a file of its own: save its configuration under that name.`,
    'profile',
  )
}
