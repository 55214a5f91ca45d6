/** What is known of the user without asking a service, as text or as JSON. */

import type { WhoamiOptions } from '../commands/whoami-options.ts'
import { readChosenConfig } from '../config/choose-config.ts'
import {
  missingSettings,
  oauth1BaseUrl,
  oauth2BaseUrl,
  ultraCartBaseUrl,
} from '../config/client-options.ts'
import { type LoadedConfig, problemsOf, replacedSettings } from '../config/load.ts'
import type { SectionName } from '../config/settings.ts'
import { placeholdersOf } from '../config/template.ts'
import { type Context, writeJson } from '../context.ts'
import { FAILED } from '../exit-status.ts'
import { shellWord } from '../shell-word.ts'
import { shownAddress } from '../shown-address.ts'
import { paragraph } from '../text.ts'
import { fingerprintOf } from './fingerprint.ts'

type ServiceSection = Exclude<SectionName, 'ibkr'>

/** What is said of one service. */
interface Identity {
  readonly service: ServiceSection
  readonly title: string
  readonly wayIn: string
  readonly address: string
  /** Who it is, masked where it is a name that others could use. */
  readonly identity: Readonly<Record<string, string>>
  readonly keys: ReadonlyArray<{
    readonly setting: string
    /** A file, a variable, or the configuration. */
    readonly from: string
    readonly sha256: string | undefined
  }>
  readonly missing: readonly string[]
  readonly unreadable: ReadonlyArray<{ readonly setting: string; readonly message: string }>
  /** The commands that can be used; none while something is missing. */
  readonly works: readonly string[]
}

const SERVICES: ReadonlyArray<Pick<Identity, 'service' | 'title'>> = [
  { service: 'ibkr.oauth1', title: 'IBKR OAuth 1.0a' },
  { service: 'ibkr.oauth2', title: 'IBKR OAuth 2.0 and SSO' },
  { service: 'ultracart', title: 'UltraCart single sign-on' },
]
const KEYS = ['signatureKey', 'encryptionKey', 'dhParameters', 'privateKey']

export async function tellWhoami(context: Context, options: WhoamiOptions): Promise<void> {
  context.isJson = options.json === true
  const { config, chosen } = await readChosenConfig(context, options)
  const services = SERVICES.filter(({ service }) => config.sections[service] !== undefined).map(
    ({ service, title }) => identityOf(config, service, title),
  )
  if (!services.some(({ works }) => works.length > 0)) context.status = FAILED
  const { file, choice, profile, looked } = chosen
  if (context.isJson) {
    const about = { file: file ?? null, choice, profile: profile ?? null, looked }
    const { openFiles, overridden, unknown } = config
    writeJson(context, { config: about, services, openFiles, overridden, unknown })
    return
  }
  const { io, colors } = context
  const reasons = {
    named: 'named by --config or ISOAUTH_CONFIG',
    project: 'found in this project',
    user: "found in the user's configuration folder",
    none: 'variables alone',
  }
  io.stdout.write(`${colors.bold('Configuration')}  ${config.name} (${reasons[choice]})\n`)
  row(context, 'profile', profile ?? 'none')
  if (config.overridden.length > 0) row(context, 'variables win', config.overridden.join(', '))
  for (const open of config.openFiles) {
    row(context, colors.yellow('WARN'), `others may read ${open}: chmod 600 ${shellWord(open)}`)
  }
  for (const { path, meant } of config.unknown) {
    const maybe = meant === undefined ? '' : `; is ${meant} meant?`
    row(context, colors.yellow('WARN'), `nothing reads ${path}${maybe}`)
  }
  for (const service of services) tellService(context, service)
}

function tellService(context: Context, service: Identity): void {
  const { io, colors } = context
  io.stdout.write(`\n${colors.bold(service.title)}  ${service.address}\n`)
  row(context, 'way in', service.wayIn)
  for (const [name, value] of Object.entries(service.identity)) row(context, name, value)
  for (const { setting, from, sha256 } of service.keys) {
    row(context, setting, from)
    const fingerprint =
      sha256 === undefined ? `cannot be read: see isoauth doctor${context.configFlags}` : sha256
    io.stdout.write(`${' '.repeat(MARGIN)}${colors.dim(`sha256 ${fingerprint}`)}\n`)
  }
  for (const { setting, message } of service.unreadable) {
    row(context, colors.red(setting), message)
  }
  if (service.missing.length > 0) row(context, colors.red('lacks'), service.missing.join(', '))
  const works = service.works.join(', ')
  row(
    context,
    'works with',
    works === '' ? `nothing yet: see isoauth doctor${context.configFlags}` : works,
  )
}

const LABEL = 16
const MARGIN = 2 + LABEL + 1

/** A label with its text behind it; colours of a label do not count. */
function row({ io }: Context, label: string, text: string): void {
  const bare = label.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '')
  const [first = '', ...rest] = paragraph(text, MARGIN).split(/(?<=\n)/)
  const gap = ' '.repeat(Math.max(1, LABEL + 1 - bare.length))
  io.stdout.write(`  ${label}${gap}${first.trimStart()}${rest.join('')}`)
}

function identityOf(config: LoadedConfig, service: ServiceSection, title: string): Identity {
  const section: Readonly<Record<string, string | undefined>> = config.sections[service] ?? {}
  const unreadable = problemsOf(config, service).map(({ setting, error }) => ({
    setting,
    message: error.message,
  }))
  const open = placeholdersOf(config, service)
  const lacking = missingSettings(config, service).filter(
    (name) => !unreadable.some(({ setting }) => setting === name),
  )
  const missing = [...lacking, ...open]
  const isComplete = missing.length + unreadable.length === 0
  const replaced = replacedSettings(config)
  const used = KEYS.filter((name) => section[name] !== undefined && !replaced.includes(name))
  return {
    service,
    title,
    ...aboutService(config, service, section),
    keys: used.map((setting) => {
      const { file, variable } = config.origins[`${service}.${setting}`] ?? {}
      const sha256 = fingerprintOf(setting, section[setting] ?? '')
      return { setting, from: file ?? variable ?? config.name, sha256 }
    }),
    missing,
    unreadable,
    works: isComplete ? worksWith(service, section) : [],
  }
}

function aboutService(
  config: LoadedConfig,
  service: ServiceSection,
  section: Readonly<Record<string, string | undefined>>,
): Pick<Identity, 'wayIn' | 'address' | 'identity'> {
  const named = (names: readonly string[], show: (text: string) => string) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = section[name]
        return value === undefined ? [] : [[name, show(value)]]
      }),
    )
  if (service === 'ibkr.oauth1') {
    const isDecrypted = replacedSettings(config).length > 0
    return {
      wayIn: `OAuth 1.0a, with the ${isDecrypted ? 'decrypted' : 'encrypted'} access token secret`,
      address: shownAddress(oauth1BaseUrl(config)),
      identity: named(['consumerKey'], masked),
    }
  }
  if (service === 'ibkr.oauth2') {
    const isSso = section['credential'] !== undefined && section['ip'] !== undefined
    return {
      wayIn: isSso ? 'OAuth 2.0 and SSO sessions' : 'OAuth 2.0',
      address: shownAddress(oauth2BaseUrl(config)),
      identity: named(['clientId', 'keyId', 'credential'], masked),
    }
  }
  return {
    wayIn: 'single sign-on, with the simple key of the application',
    address: shownAddress(ultraCartBaseUrl(config)),
    identity: named(['redirectUri'], shownAddress),
  }
}

/** The first two characters, so that a person knows it again, and how many there are. */
function masked(text: string): string {
  const shown = text.length > 4 ? text.slice(0, 2) : ''
  return `${shown}${'*'.repeat(Math.min(text.length - shown.length, 24))}`
}

function worksWith(
  service: ServiceSection,
  section: Readonly<Record<string, string | undefined>>,
): string[] {
  if (service === 'ultracart') return ['doctor']
  const isSso = section['credential'] !== undefined && section['ip'] !== undefined
  const hasSession = service === 'ibkr.oauth1' || isSso
  return ['doctor', 'request', ...(hasSession ? ['session', 'stream'] : [])]
}
