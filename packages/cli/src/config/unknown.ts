/** Settings that nothing reads, usually misspelt ones. */
import { type Fields, object } from './json.ts'
import { SECTION_NAMES, type SectionName, settingsOf, variableName } from './settings.ts'

export interface UnknownSetting {
  readonly path: string
  /** The setting that differs from it in case and separators only. */
  readonly meant: string | undefined
}

/** What stands in the JSON, or in variables of ours, and is no setting. */
export function unknownSettings(
  json: Fields,
  env: Readonly<Record<string, string | undefined>>,
): UnknownSetting[] {
  const paths = SECTION_NAMES.flatMap((section) => pathsOf(section))
  const variables = SECTION_NAMES.flatMap((section) => variablesOf(section))
  return [
    ...leaves(json)
      .filter((path) => !paths.includes(path))
      .map(named(paths)),
    ...Object.keys(env)
      .filter((name) => /^ISOAUTH_(IBKR|ULTRACART)_/.test(name) && !variables.includes(name))
      .map(named(variables)),
  ]
}

function named(known: readonly string[]): (path: string) => UnknownSetting {
  return (path) => ({ path, meant: known.find((candidate) => bare(candidate) === bare(path)) })
}

function bare(path: string): string {
  return path.toLowerCase().replace(/[^a-z0-9]/g, '')
}

function pathsOf(section: SectionName): string[] {
  return settingsOf(section).flatMap(({ name, mayBeFile }) => {
    const path = `${section}.${name}`
    return mayBeFile ? [path, `${path}File`] : [path]
  })
}

function variablesOf(section: SectionName): string[] {
  return settingsOf(section).flatMap(({ name, mayBeFile }) => {
    const variable = variableName(section, name)
    return mayBeFile ? [variable, `${variable}_FILE`] : [variable]
  })
}

function leaves(fields: Fields, prefix = ''): string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const below = object(value)
    const path = `${prefix}${name}`
    return below === undefined ? [path] : leaves(below, `${path}.`)
  })
}
