/** The configuration file of a live run: the one of the `isoauth` command, its environment left aside. */
import {
  CliError,
  ibkrOAuth1Options,
  ibkrOAuth2Options,
  type LoadedConfig,
  readConfig,
  type SectionName,
  ultraCartSsoOptions,
} from '@isoauth/cli/config'
import { CodedError } from '@isoauth/core-crypto'
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { DemoError } from './errors.ts'
import type { Flow } from './flow.ts'
import { type LiveContext, liveOAuth1 } from './flows/live.ts'
import { liveOAuth2 } from './flows/live-oauth2.ts'
import { liveUltraCart } from './flows/live-ultracart.ts'

/** A service that the file holds. */
export interface LiveService {
  readonly section: SectionName
  readonly host: string
  readonly flow: Flow<LiveContext>
}

/** What a live run goes through. */
export interface LiveConfig {
  readonly services: readonly LiveService[]
  /** The services that the file does not hold. */
  readonly notGiven: readonly SectionName[]
}

interface Reader {
  readonly section: SectionName
  /** Has the client judge its options, which sends nothing. */
  read(config: LoadedConfig): { readonly baseUrl: string; readonly flow: Flow<LiveContext> }
}

/** In the order in which they run. */
const READERS: readonly Reader[] = [
  {
    section: 'ibkr.oauth1',
    read(config) {
      const options = ibkrOAuth1Options(config)
      createIbkrOAuth1(options)
      return { baseUrl: options.baseUrl, flow: liveOAuth1(options) }
    },
  },
  {
    section: 'ibkr.oauth2',
    read(config) {
      const options = ibkrOAuth2Options(config, 'echo.read echo.write')
      createIbkrOAuth2(options)
      return { baseUrl: options.baseUrl, flow: liveOAuth2(options) }
    },
  },
  {
    section: 'ultracart',
    read(config) {
      const options = ultraCartSsoOptions(config)
      createUltraCartSso(options)
      const { baseUrl = 'https://secure.ultracart.com' } = options
      return { baseUrl, flow: liveUltraCart(options) }
    },
  },
]

/**
 * Reads the file and the PEM files that it names. Variables never make a run live, nor say where it
 * goes.
 *
 * @throws {@link DemoError} `DEMO_CONFIG_INVALID`, naming every field of a service that is missing
 */
export async function readLiveConfig(file: string): Promise<LiveConfig> {
  try {
    const config = await readConfig({ file })
    const isGiven = ({ section }: Reader) => config.sections[section] !== undefined
    const services = READERS.filter(isGiven).map(({ section, read }) => {
      const { baseUrl, flow } = read(config)
      return { section, host: new URL(baseUrl).host, flow }
    })
    if (services.length === 0) {
      const names = inWords(READERS.map(({ section }) => section))
      throw invalid(`${file} holds none of ${names}: add one, as isoauth init writes it.`)
    }
    const notGiven = READERS.filter((reader) => !isGiven(reader)).map(({ section }) => section)
    return { services, notGiven }
  } catch (error) {
    if (error instanceof DemoError || !(error instanceof CodedError)) throw error
    const { code, message } = error as CodedError<string>
    throw invalid(error instanceof CliError ? message : `${message} (${code})`)
  }
}

/** `a, b and c`. */
export function inWords(names: readonly string[]): string {
  const last = names.slice(-1)
  const others = names.slice(0, -1).join(', ')
  return [others, ...last].filter((part) => part !== '').join(' and ')
}

function invalid(message: string): DemoError {
  return new DemoError(message, { code: 'DEMO_CONFIG_INVALID' })
}
