/** The configuration that is being put together, and what is wrong with a part of it. */
import { dirname, relative, sep } from 'node:path'
import { CodedError } from '@isoauth/core-crypto'
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import {
  ibkrOAuth1Options,
  ibkrOAuth2Options,
  oauth2BaseUrl,
  ultraCartSsoOptions,
} from '../config/client-options.ts'
import { type LoadedConfig, readSettings } from '../config/load.ts'
import { SCHEMA_ADDRESS } from '../config/schema.ts'
import type { SectionName } from '../config/settings.ts'
import { placeholdersOf } from '../config/template.ts'
import type { Finding, Report } from '../doctor/findings.ts'
import { splitRemedy } from '../doctor/findings.ts'
import { checkOAuth1Settings } from '../doctor/oauth1.ts'
import { checkOAuth2Settings } from '../doctor/oauth2.ts'
import { checkUltraCartSettings } from '../doctor/ultracart.ts'

type ServiceSection = Exclude<SectionName, 'ibkr'>

export interface Draft {
  /** The absolute path that it is written to. */
  readonly file: string
  /** As messages call it. */
  readonly name: string
  readonly section: ServiceSection
  readonly settings: Readonly<Partial<Record<SectionName, Readonly<Record<string, string>>>>>
}

/** The same with one more setting. */
export function withSetting(
  draft: Draft,
  setting: string,
  value: string,
  section: SectionName = draft.section,
): Draft {
  const { settings } = draft
  return {
    ...draft,
    settings: { ...settings, [section]: { ...settings[section], [setting]: value } },
  }
}

/** The name of a file as it stands in the configuration: relative to it, with slashes. */
export function pathFrom(draft: Draft, file: string): string {
  return relative(dirname(draft.file), file).split(sep).join('/')
}

/** The text of the file. */
export function draftText(draft: Draft): string {
  return `${JSON.stringify({ $schema: SCHEMA_ADDRESS, ...jsonOf(draft.settings) }, null, 2)}\n`
}

function jsonOf({ ibkr, ultracart, ...below }: Draft['settings']): Record<string, object> {
  const parts = Object.entries(below).map(([path, settings]) => [path.split('.')[1], settings])
  const whole = { ...ibkr, ...Object.fromEntries(parts) }
  return {
    ...(Object.keys(whole).length > 0 && { ibkr: whole }),
    ...(ultracart !== undefined && { ultracart }),
  }
}

/**
 * What is wrong with a setting, in the words of whoever will read the file: its reader, the doctor, and the client
 * that it is for. Undefined where nothing is.
 */
export async function problemWith(draft: Draft, setting: string): Promise<string | undefined> {
  const config = await read(draft)
  const unread = config.problems.find((problem) => problem.setting === setting)
  // The remedy is for whoever writes the file.
  if (unread !== undefined) return unread.error.message.split(' Remedy: ', 1)[0]
  // The doctor's remedy names the file, which is not written yet.
  if (placeholdersOf(config, draft.section).includes(setting)) {
    return "Is still the template's placeholder. Give what the portal showed."
  }
  const [finding] = await findingsAbout(draft.section, config, setting)
  if (finding !== undefined) return wordsOf(finding)
  return await refusalOf(draft, setting)
}

/** As the loader of every command reads it; variables have no part in what is written. */
function read(draft: Draft): Promise<LoadedConfig> {
  const { file, name, settings } = draft
  const cwd = dirname(file)
  return readSettings({ json: jsonOf(settings), path: file, name, env: {}, cwd })
}

async function findingsAbout(
  section: ServiceSection,
  config: LoadedConfig,
  setting: string,
): Promise<Omit<Finding, 'service'>[]> {
  const findings: Omit<Finding, 'service'>[] = []
  const report: Report = {
    add: (finding) => void findings.push(finding),
    hasProblem: false,
  }
  if (section === 'ibkr.oauth1') await checkOAuth1Settings(report, config)
  else if (section === 'ibkr.oauth2') await checkOAuth2Settings(report, config)
  else checkUltraCartSettings(report, config)
  return findings.filter(
    ({ check, level }) => check === setting && (level === 'problem' || level === 'warning'),
  )
}

function wordsOf({ message, causes = [], remedy }: Omit<Finding, 'service'>): string {
  const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)
  const upper = (text: string) => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
  const parts = [message, ...causes.slice(0, 1), ...(remedy === undefined ? [] : [remedy])]
  return parts.map((part) => sentence(upper(part))).join(' ')
}

/** What the client says of the option; of those that are not given yet it is told something else. */
async function refusalOf(draft: Draft, setting: string): Promise<string | undefined> {
  const standIns = STAND_INS[draft.section]
  const settings = { ...standIns, ...draft.settings[draft.section] }
  // A key is a setting or the file of one, not both.
  for (const name of Object.keys(standIns)) {
    if (settings[`${name}File`] !== undefined) delete settings[name]
  }
  const whole = { ...draft, settings: { ...draft.settings, [draft.section]: settings } }
  try {
    await MAKE[draft.section](await read(whole))
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    const { option, message } = error as CodedError<string> & { readonly option?: string }
    if (option !== setting) return undefined
    return wordsOf({ check: setting, level: 'problem', ...splitRemedy(message) })
  }
  return undefined
}

const STAND_INS: Readonly<Record<ServiceSection, Record<string, string>>> = {
  'ibkr.oauth1': {
    consumerKey: 'X',
    accessToken: 'X',
    accessTokenSecret: 'X',
    signatureKey: 'X',
    encryptionKey: 'X',
    dhParameters: 'X',
  },
  'ibkr.oauth2': { clientId: 'X', keyId: 'X', privateKey: 'X' },
  ultracart: { simpleKey: 'X', redirectUri: 'https://localhost/' },
}

const MAKE: Readonly<Record<ServiceSection, (config: LoadedConfig) => unknown>> = {
  'ibkr.oauth1': (config) => createIbkrOAuth1(ibkrOAuth1Options(config)),
  'ibkr.oauth2': async (config) => {
    createIbkrOAuth2(ibkrOAuth2Options(config, 'sso-sessions.write'))
    const { credential, ip = '127.0.0.1' } = config.sections['ibkr.oauth2'] ?? {}
    if (credential === undefined) return
    await openSession(oauth2BaseUrl(config), { credential, ip })
  },
  ultracart: (config) => createUltraCartSso(ultraCartSsoOptions(config)),
}

/** Judges who a session is for, as far as the client does before it asks for an access token. */
async function openSession(
  baseUrl: string,
  about: { readonly credential: string; readonly ip: string },
): Promise<void> {
  const isJudged = new Error('what is asked for was judged')
  const refuse = async () => {
    throw isJudged
  }
  try {
    await createIbkrSso({
      oauth2: { accessToken: refuse, signJwt: refuse },
      baseUrl,
    }).createSession(about)
  } catch (error) {
    if (error !== isJudged) throw error
  }
}
