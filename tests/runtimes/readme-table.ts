/** The table of runtimes in the README: written by `npm run test:runtimes -- --write`, compared by `npm run check`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/lib/workspace.mjs'
import { gate } from '../gates/gate.ts'
import { type Runtime, runtimes } from './matrix.ts'
import { SKIPS } from './skips.ts'
import { suite } from './suite.ts'

const HEAD = ['runtime', 'version', 'tests', 'time']
const OPEN = '<!-- npm run test:runtimes -- --write -->'
const CLOSE = '<!-- end of the runtimes -->'
const readme = join(root, 'README.md')

/** What a row shows. */
export interface Row {
  readonly name: string
  readonly version: string
  readonly tests: string | number
  readonly time: string
}

/** Lines of a Markdown table, columns aligned so that it reads well on a terminal too. */
export function tableOf(rows: readonly Row[]): string[] {
  const cells: (string | number)[][] = [
    HEAD,
    ...rows.map(({ name, version, tests, time }) => [name, version, tests, time]),
  ]
  const widths = HEAD.map((_, column) =>
    Math.max(...cells.map((row) => String(row[column]).length)),
  )
  const line = (row: readonly (string | number)[]) =>
    `| ${row.map((cell, column) => pad(String(cell), widths[column] ?? 0, column)).join(' | ')} |`
  const rule = widths.map((width, column) =>
    isNumber(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  )
  const [head = [], ...body] = cells
  return [line(head), line(rule), ...body.map(line)]
}

/** How many checks of the suite a runtime runs: all but those that `skips.ts` names for it. */
export function expectedTests(id: string, names: readonly string[]): number {
  return names.length - skippedIn(id).length
}

export function skippedIn(id: string): string[] {
  return SKIPS.filter(({ runtime }) => runtime === id).map(({ check }) => check)
}

export function writeTable(rows: readonly Row[]): void {
  const text = readFileSync(readme, 'utf8')
  const [before, , after] = parts(text)
  writeFileSync(readme, `${before}${OPEN}\n\n${tableOf(rows).join('\n')}\n\n${CLOSE}${after}`)
}

/**
 * Where the README says something else than the repository: other runtimes, another pinned version, another number
 * of tests, an entry of `skips.ts` that fits nothing. Times are only a measurement; the versions of what the
 * machine brings differ by machine, so of them the form alone counts. Needs the built packages.
 */
export async function readmeTableProblems(): Promise<string[]> {
  const { names } = await suite()
  const expected = await runtimes()
  return [...skipProblems(names, expected), ...tableProblems(names, expected)].map(
    (problem) => `${problem}: run npm run test:runtimes -- --write`,
  )
}

/** The versions in the README that are not those of this machine, as sentences; no fault of anybody's. */
export async function machineDifferences(): Promise<string[]> {
  const listed = new Map(rowsOf(readFileSync(readme, 'utf8')).map((row) => [row.name, row]))
  return (await runtimes())
    .filter(({ fromMachine, version }) => fromMachine && version !== undefined)
    .filter(({ name, version }) => listed.get(name)?.version !== version)
    .map(
      ({ name, version }) =>
        `${name} is ${version} here, ${listed.get(name)?.version} in the README`,
    )
}

function tableProblems(names: readonly string[], expected: readonly Runtime[]): string[] {
  const rows = rowsOf(readFileSync(readme, 'utf8'))
  const order = (list: readonly { readonly name: string }[]) =>
    list.map(({ name }) => name).join('; ')
  if (order(rows) !== order(expected)) {
    return [`README.md: the runtimes are [${order(rows)}] and should be [${order(expected)}]`]
  }
  return expected.flatMap(({ id, name, version, fromMachine }, index) => {
    const row = rows[index] ?? { name, version: '', tests: '', time: '' }
    const wanted = String(expectedTests(id, names))
    const isVersion = fromMachine ? /^\d+(\.\w+)+$/.test(row.version) : row.version === version
    return [
      ...(isVersion
        ? []
        : [`README.md: ${name} is in version ${row.version}, pinned is ${version}`]),
      ...(row.tests === wanted ? [] : [`README.md: ${name} has ${row.tests} tests, not ${wanted}`]),
      ...(/^\d+\.\d s$/.test(row.time) ? [] : [`README.md: ${name} has no time`]),
    ]
  })
}

function skipProblems(names: readonly string[], expected: readonly Runtime[]): string[] {
  return SKIPS.flatMap(({ runtime, check, reason }) => [
    ...(expected.some(({ id }) => id === runtime) ? [] : [`skips.ts: no runtime ${runtime}`]),
    ...(names.includes(check) ? [] : [`skips.ts: no check "${check}"`]),
    ...(reason ? [] : [`skips.ts: "${check}" has no reason`]),
  ])
}

function rowsOf(text: string): Row[] {
  const [, table] = parts(text)
  return table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => {
      const [name = '', version = '', tests = '', time = ''] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
      return { name, version, tests, time }
    })
}

/** What stands before the markers, between and after them. */
function parts(text: string): [string, string, string] {
  const open = text.indexOf(OPEN)
  const close = text.indexOf(CLOSE)
  if (open < 0 || close < open) throw new Error(`README.md: ${OPEN} … ${CLOSE} is not there`)
  return [
    text.slice(0, open),
    text.slice(open + OPEN.length, close),
    text.slice(close + CLOSE.length),
  ]
}

function pad(text: string, width: number, column: number): string {
  return isNumber(column) ? text.padStart(width) : text.padEnd(width)
}

function isNumber(column: number): boolean {
  return column >= 2
}

await gate(import.meta.filename, readmeTableProblems)
