/** Settings that nothing reads, usually misspelt ones. */
import { type Fields, object } from './fields.ts'
import { SECTION_NAMES, type SectionName, settingsOf, variableName } from './settings.ts'

export interface UnknownSetting {
  readonly path: string
  /** The setting that differs from it by case, separators or few letters. */
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
      .filter((path) => !paths.includes(path) && path !== '$schema')
      .map(named(paths)),
    ...Object.keys(env)
      .filter((name) => /^ISOAUTH_(IBKR|ULTRACART)_/.test(name) && !variables.includes(name))
      .map(named(variables)),
  ]
}

function named(known: readonly string[]): (path: string) => UnknownSetting {
  return (path) => ({ path, meant: nearest(path, known) })
}

/** The candidate that needs the fewest letters changed; none where more than a quarter differ. */
function nearest(path: string, known: readonly string[]): string | undefined {
  const wanted = bare(path).slice(0, LONGEST)
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, bare(candidate)) }))
    .sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  return best !== undefined && best.distance <= wanted.length / 4 ? best.candidate : undefined
}

/** Letters added, left out or changed (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}

/** Names of settings are shorter; what is longer is compared by its beginning. */
const LONGEST = 80

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
