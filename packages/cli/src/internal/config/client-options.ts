/** Options of the clients, from what the configuration says. */
import type { IbkrOAuth1Options } from '@isoauth/ibkr-oauth1'
import type { IbkrOAuth2Options } from '@isoauth/ibkr-oauth2'
import type { UltraCartSsoOptions } from '@isoauth/ultracart-sso'
import { argumentsInvalid, configInvalid } from '../errors.ts'
import { type LoadedConfig, problemsOf, replacedSettings } from './load.ts'
import { type Section, type SectionName, settingsOf, variableName } from './settings.ts'
import { placeholdersOf } from './template.ts'

const BROKER = 'https://api.ibkr.com'
const TRADING = '/v1/api'

/** What a section has to say; where several lists stand, one of them. */
const REQUIRED: {
  readonly [Name in Exclude<SectionName, 'ibkr'>]: ReadonlyArray<
    ReadonlyArray<keyof Section<Name> & string>
  >
} = {
  'ibkr.oauth1': [
    [
      'consumerKey',
      'accessToken',
      'accessTokenSecret',
      'signatureKey',
      'encryptionKey',
      'dhParameters',
    ],
    ['consumerKey', 'accessToken', 'decryptedAccessTokenSecret', 'signatureKey', 'dhParameters'],
  ],
  'ibkr.oauth2': [['clientId', 'keyId', 'privateKey']],
  ultracart: [['simpleKey', 'redirectUri']],
}

/** What is missing of a section, by name: nothing, where it is complete. */
export function missingSettings(
  config: LoadedConfig,
  section: Exclude<SectionName, 'ibkr'>,
): string[] {
  const found: Readonly<Record<string, string | undefined>> = config.sections[section] ?? {}
  const [first = [], ...others] = REQUIRED[section]
  const isReplaced = replacedSettings(config).length > 0
  const wanted: readonly string[] = isReplaced ? (others[0] ?? first) : first
  return wanted.filter((name) => found[name] === undefined)
}

/** `signatureKey (or signatureKeyFile)`. */
export function settingWithFile(section: SectionName, name: string): string {
  const mayBeFile = settingsOf(section).some(
    (setting) => setting.name === name && setting.mayBeFile,
  )
  return mayBeFile ? `${name} (or ${name}File)` : name
}

/** Options of `createIbkrOAuth1`, not yet judged by it. */
export function ibkrOAuth1Options(
  config: LoadedConfig,
): IbkrOAuth1Options & { readonly baseUrl: string } {
  const section = complete(config, 'ibkr.oauth1')
  const { accessTokenSecret = '', encryptionKey = '', decryptedAccessTokenSecret } = section
  const { realm, signingBaseUrl, querySigning } = section
  return {
    // The origin alone must not fall back to the broker: the file names another service then.
    baseUrl: oauth1BaseUrl(config),
    ...(realm !== undefined && { realm }),
    ...(signingBaseUrl !== undefined && { signingBaseUrl }),
    ...(querySigning !== undefined && { querySigning: querySigning as 'omit' | 'wire' }),
    consumerKey: section.consumerKey ?? '',
    accessToken: section.accessToken ?? '',
    signatureKey: section.signatureKey ?? '',
    dhParameters: section.dhParameters ?? '',
    ...(decryptedAccessTokenSecret === undefined
      ? { accessTokenSecret, encryptionKey }
      : { decryptedAccessTokenSecret: decryptedAccessTokenSecret.trim() }),
  }
}

/** Where OAuth 1.0a requests go. */
export function oauth1BaseUrl({ sections }: LoadedConfig): string {
  const own = sections['ibkr.oauth1']?.baseUrl
  return own ?? originOf(sections.ibkr?.baseUrl) + TRADING
}

/**
 * Options of `createIbkrOAuth2`, not yet judged by it.
 *
 * @param scope - what is asked for where the configuration does not say it
 */
export function ibkrOAuth2Options(
  config: LoadedConfig,
  scope: string,
): IbkrOAuth2Options & { readonly baseUrl: string } {
  const section = complete(config, 'ibkr.oauth2')
  const { tokenPath, audience } = section
  return {
    baseUrl: oauth2BaseUrl(config),
    ...(tokenPath !== undefined && { tokenPath }),
    ...(audience !== undefined && { audience }),
    clientId: section.clientId ?? '',
    keyId: section.keyId ?? '',
    privateKey: section.privateKey ?? '',
    scope: section.scope ?? scope,
  }
}

/** Where OAuth 2.0 and SSO requests go. */
export function oauth2BaseUrl({ sections }: LoadedConfig): string {
  return originOf(sections['ibkr.oauth2']?.baseUrl ?? sections.ibkr?.baseUrl)
}

/** Where UltraCart's requests go. */
export function ultraCartBaseUrl({ sections }: LoadedConfig): string {
  return sections.ultracart?.baseUrl ?? 'https://secure.ultracart.com/rest/v2'
}

/** Options of `createUltraCartSso`, not yet judged by it. */
export function ultraCartSsoOptions(config: LoadedConfig): UltraCartSsoOptions {
  const { baseUrl, simpleKey = '', redirectUri = '' } = complete(config, 'ultracart')
  return {
    ...(baseUrl !== undefined && { baseUrl }),
    simpleKey: simpleKey.trim(),
    redirectUri,
  }
}

function originOf(baseUrl = BROKER): string {
  return withoutTrailingSlashes(baseUrl)
}

/** For a path to be put behind it. */
export function withoutTrailingSlashes(url: string): string {
  let end = url.length
  while (url[end - 1] === '/') end -= 1
  return url.slice(0, end)
}

/** The section, or what it lacks and where it may be set. */
function complete<Name extends Exclude<SectionName, 'ibkr'>>(
  config: LoadedConfig,
  section: Name,
): Section<Name> {
  if (!Array.isArray((config as Partial<LoadedConfig> | undefined)?.problems)) {
    throw argumentsInvalid('config must be what readConfig gives.', 'config')
  }
  const [problem] = problemsOf(config, section)
  if (problem !== undefined) throw problem.error
  const found: Section<Name> | undefined = config.sections[section]
  if (found === undefined) {
    throw configInvalid(
      `${config.name} has no object ${section}: add it, as isoauth init writes it, or use a service that is in it.`,
    )
  }
  const missing = missingSettings(config, section)
  if (missing.length === 0) {
    const open = placeholdersOf(config, section)
    if (open.length === 0) return found
    throw configInvalid(
      `${config.name} still has the template's placeholders in ${section}: ${open.join(', ')}. Fill in what the portal showed.`,
      open[0],
    )
  }
  const names = missing.map((name) => settingWithFile(section, name)).join(', ')
  const [first = ''] = missing
  const misspelt = config.unknown
    .filter(({ meant }) => meant !== undefined)
    .map(({ path, meant }) => ` Nothing reads ${path}: did you mean ${meant}?`)
  throw configInvalid(
    `${config.name} lacks in ${section}: ${names}. Variables do as well, such as ${variableName(section, first)}.${misspelt.join('')}`,
    first,
  )
}
