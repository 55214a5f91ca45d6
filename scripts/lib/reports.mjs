/** What the test runners counted: see `tests/count-reporter.ts`. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readJson, root } from './workspace.mjs'

const folder = join(root, '.reports')

/** Takes away what earlier runs left: what is there afterwards is of this run, or replayed in it. */
export function clearReports() {
  rmSync(folder, { recursive: true, force: true })
}

/**
 * Each runtime's counts, by its name.
 *
 * @returns {Record<string, import('../../tests/count-reporter.ts').Counts>}
 */
export function readReports() {
  if (!existsSync(folder)) return {}
  const files = readdirSync(folder).map((name) => join(folder, name))
  return Object.fromEntries(files.map((file) => [basename(file, '.json'), readJson(file)]))
}

/** The sums over all runtimes. */
export function totalsOf(reports) {
  const sum = (key) => Object.values(reports).reduce((total, counts) => total + counts[key], 0)
  return { passed: sum('passed'), failed: sum('failed') }
}

/** A line for each that failed, with the runtime where it did. */
export function failuresOf(reports) {
  return Object.entries(reports).flatMap(([name, { failures }]) =>
    failures.map((failure) => `${name}: ${failure}`),
  )
}
