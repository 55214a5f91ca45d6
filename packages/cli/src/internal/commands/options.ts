/** Options that several commands have. */
import { Option } from 'commander'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import type { Context } from '../context.ts'
import { configInvalid } from '../errors.ts'

export interface ConfigOption {
  readonly config?: string
}

export function configOption(): Option {
  return new Option('-c, --config <file>', 'credentials: JSON, see isoauth --help')
}

export function jsonOption(): Option {
  return new Option('--json', 'write one JSON document, for scripts')
}

/** Reads the configuration that the option, or the environment, names. */
export async function configOf(
  { io: { env, cwd } }: Context,
  { config }: ConfigOption,
): Promise<LoadedConfig> {
  if (config === '') throw configInvalid('--config needs the name of a file.')
  const file = config ?? (env['ISOAUTH_CONFIG'] || undefined)
  const loaded = await loadConfig({ file, env, cwd })
  if (Object.keys(loaded.sections).length > 0 || loaded.unknown.length > 0) return loaded
  throw configInvalid(
    file === undefined
      ? 'There is no configuration: name a file by --config FILE, or set variables such as ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY.'
      : `${file} holds none of ibkr.oauth1, ibkr.oauth2 and ultracart.`,
  )
}
