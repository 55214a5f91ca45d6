/** Reads the configuration: the file, then the environment over it, then the files that they name. */
import { dirname, resolve } from 'node:path'
import { CliError, configInvalid } from '../errors.ts'
import { isOpenToOthers, readSettingFile, readText } from '../files.ts'
import { type Fields, object } from './fields.ts'
import { isFileName } from './file-name.ts'
import {
  SECTION_NAMES,
  type Section,
  type SectionName,
  settingsOf,
  variableName,
} from './settings.ts'
import { unknownSettings } from './unknown.ts'

export interface LoadOptions {
  readonly file: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

/** A setting that cannot be read; everything else can be judged all the same. */
export interface SettingProblem {
  readonly section: SectionName
  readonly setting: string
  readonly error: CliError
}

/** Settings in whose place the decrypted secret stands, readable or not: nothing reads them, and they may be taken away. */
export function replacedSettings({
  problems,
  sections,
}: Pick<LoadedConfig, 'problems' | 'sections'>): readonly string[] {
  const name = 'decryptedAccessTokenSecret'
  const isNamed =
    sections['ibkr.oauth1']?.[name] !== undefined ||
    problems.some(({ setting }) => setting === name)
  return isNamed ? ['accessTokenSecret', 'encryptionKey'] : []
}

/** What cannot be read of a service's settings, those that it shares with another included; of what nothing reads, nothing. */
export function problemsOf(
  config: Pick<LoadedConfig, 'problems' | 'sections'>,
  service: Exclude<SectionName, 'ibkr'>,
): readonly SettingProblem[] {
  const replaced = replacedSettings(config)
  return config.problems.filter(
    ({ section, setting }) =>
      (section === service || service.startsWith(`${section}.`)) && !replaced.includes(setting),
  )
}

/** What was found; nothing is judged yet. */
export interface LoadedConfig {
  /** What messages call it: the file's name, or the environment. */
  readonly name: string
  readonly sections: { readonly [Name in SectionName]?: Section<Name> }
  readonly problems: readonly SettingProblem[]
  /** Settings that nothing reads: `ibkr.oauth1.consumerkey`, with what may be meant. */
  readonly unknown: ReadonlyArray<{ readonly path: string; readonly meant: string | undefined }>
  /** Files with secrets that others on this machine may read. */
  readonly openFiles: readonly string[]
  /** Variables that replace what the file says. */
  readonly overridden: readonly string[]
  /** Where each setting is from, by its path such as `ibkr.oauth1.signatureKey`. */
  readonly origins: Readonly<Record<string, SettingOrigin>>
}

/** Where a setting is from. */
export interface SettingOrigin {
  /** The variable that gave it, or its file's name; none where the configuration file did. */
  readonly variable?: string | undefined
  /** The absolute path of the file that holds it; none where it stands in the configuration. */
  readonly file?: string | undefined
}

/**
 * Reads the configuration.
 *
 * @throws {@link CliError} `CLI_FILE_UNREADABLE`, `CLI_CONFIG_INVALID` where the file as a whole is unfit
 */
export async function loadConfig({ file, env, cwd }: LoadOptions): Promise<LoadedConfig> {
  const path = file === undefined ? undefined : resolve(cwd, file)
  const json = path === undefined ? {} : await parsed(path, file ?? path)
  return await readSettings({ json, path, name: file ?? 'the environment', env, cwd })
}

/** What stands in a configuration, with what it is read against. */
export interface ConfigSource extends Omit<LoadOptions, 'file'> {
  readonly json: Fields
  /** The configuration file's absolute path; it need not be there yet. */
  readonly path: string | undefined
  /** What messages call it. */
  readonly name: string
}

/** Reads the settings of a configuration that is parsed already, or not written yet. */
export async function readSettings(source: ConfigSource): Promise<LoadedConfig> {
  const { json, path, name, env, cwd } = source
  const problems: SettingProblem[] = []
  const overridden: string[] = []
  const origins: Record<string, SettingOrigin> = {}
  const secretFiles = new Set<string>()
  const sections: Partial<Record<SectionName, Record<string, string>>> = {}

  for (const section of SECTION_NAMES) {
    const fields = fieldsAt(json, section)
    if (fields === 'malformed') throw configInvalid(`${name}: ${section} must be a JSON object.`)
    const found: Record<string, string> = {}
    for (const { name: setting, mayBeFile, isPublic, values } of settingsOf(section)) {
      const sources = { fields, env, section, setting, mayBeFile, name, cwd, path }
      try {
        const value = fromEnvironment(sources) ?? fromJson(sources)
        if (value === undefined) continue
        if (value.variable !== undefined && isInJson(sources)) overridden.push(value.variable)
        origins[`${section}.${setting}`] = { variable: value.variable, file: value.file }
        if (mayBeFile) requireContent(value, sources)
        const text = await textOf(value)
        // What cannot be read, such as a folder, is told as that alone.
        if (value.file !== undefined && !isPublic) secretFiles.add(value.file)
        requireOneOf(values, text, value.variable ?? `${name}: ${section}.${setting}`)
        found[setting] = text
      } catch (error) {
        if (!(error instanceof CliError)) throw error
        problems.push({ section, setting, error })
      }
    }
    if (section === 'ibkr.oauth1') takePrime(found, origins, problems)
    const isThere = fields !== undefined || Object.keys(found).length > 0
    const hasProblem = problems.some((problem) => problem.section === section)
    if (isThere || hasProblem) sections[section] = found
  }

  const files = [...(path === undefined ? [] : [path]), ...secretFiles]
  const open = await Promise.all(files.map(isOpenToOthers))
  return {
    name,
    sections,
    problems,
    unknown: unknownSettings(json, env),
    openFiles: files.filter((_, index) => open[index]),
    overridden,
    origins,
  }
}

/** The prime alone says as much as the parameters, as the configurations of other clients have it. */
function takePrime(
  found: Record<string, string>,
  origins: Record<string, SettingOrigin>,
  problems: readonly SettingProblem[],
): void {
  const { dhPrime, dhParameters } = found
  const isNamed = problems.some(({ setting }) => setting === 'dhParameters')
  if (dhPrime === undefined || dhParameters !== undefined || isNamed) return
  found['dhParameters'] = dhPrime
  origins['ibkr.oauth1.dhParameters'] = origins['ibkr.oauth1.dhPrime'] ?? {}
}

/** The parser is loaded where there is a file. */
async function parsed(path: string, name: string): Promise<Fields> {
  const text = await readText(path, name)
  const { parseObject } = await import('./parse.ts')
  return parseObject(text, name)
}

interface Sources {
  readonly fields: Fields | undefined
  readonly env: LoadOptions['env']
  readonly section: SectionName
  readonly setting: string
  readonly mayBeFile: boolean
  readonly name: string
  readonly cwd: string
  /** The configuration file's absolute path. */
  readonly path: string | undefined
}

/** A value, or the file that holds it. */
interface Source {
  readonly text?: string
  readonly file?: string
  readonly label: string
  /** The variable that it is from. */
  readonly variable?: string
}

function fromEnvironment({ env, section, setting, mayBeFile, cwd }: Sources): Source | undefined {
  const variable = variableName(section, setting)
  const text = env[variable] || undefined
  const fileVariable = `${variable}_FILE`
  const file = mayBeFile ? env[fileVariable] || undefined : undefined
  if (text !== undefined && file !== undefined) {
    throw configInvalid(`Set ${variable} or ${fileVariable}, not both.`, variable)
  }
  if (file !== undefined) {
    const label = `the file that ${fileVariable} names`
    return { file: resolve(cwd, file), label, variable: fileVariable }
  }
  return text === undefined ? undefined : { text, label: variable, variable }
}

function fromJson(sources: Sources): Source | undefined {
  const { section, setting, mayBeFile, name, path } = sources
  const text = plainText(sources, setting)
  const file = mayBeFile ? plainText(sources, `${setting}File`) : undefined
  if (file === undefined) return text === undefined ? undefined : { text, label: setting }
  if (text !== undefined) {
    throw configInvalid(`${name}: give ${section}.${setting} or ${setting}File, not both.`, setting)
  }
  const folder = path === undefined ? '.' : dirname(path)
  return { file: resolve(folder, file), label: `the file that ${setting}File names` }
}

function requireOneOf(values: readonly string[] | undefined, text: string, label: string): void {
  if (values === undefined || values.includes(text)) return
  throw configInvalid(`${label} must be one of: ${values.join(', ')}.`)
}

/** A file is named by a member or a variable of its own. */
function requireContent({ text, variable }: Source, { name, section, setting }: Sources): void {
  if (text === undefined || !isFileName(text)) return
  const [what, remedy] =
    variable === undefined
      ? [`${name}: ${section}.${setting}`, `Write "${setting}File" in its place.`]
      : [variable, `Set ${variable}_FILE in its place.`]
  throw configInvalid(
    `${what} must be the content of the file, not its name. Remedy: ${remedy}`,
    setting,
  )
}

async function textOf({ text, file, label }: Source): Promise<string> {
  return text ?? readSettingFile(file as string, label)
}

function isInJson({ fields, setting }: Sources): boolean {
  return fields?.[setting] !== undefined || fields?.[`${setting}File`] !== undefined
}

function plainText({ fields, section, name }: Sources, setting: string): string | undefined {
  const value = fields?.[setting]
  if (value === undefined) return undefined
  if (typeof value === 'string' && value.trim() !== '') return value
  throw configInvalid(`${name}: ${section}.${setting} must be a string that is not empty.`, setting)
}

/** The object at `ibkr.oauth1`; undefined where there is none. */
function fieldsAt(json: Fields, section: SectionName): Fields | undefined | 'malformed' {
  let value: unknown = json
  for (const part of section.split('.')) {
    value = object(value)?.[part]
    if (value === undefined) return undefined
  }
  return object(value) ?? 'malformed'
}
