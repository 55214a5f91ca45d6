/**
 * `npm run bench:growth`: how costs grow with their size, on the Node that it is started with: a session's requests,
 * callers at once, the length of keys and of queries, the members of a fleet. Prints a table, writes
 * `bench/results/growth.json`, from which `npm run bench:plots` draws, and exits with 1 where a growth is over its limit.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from '../scripts/lib/build.mjs'
import { main } from '../scripts/lib/process.mjs'
import { recordResult } from '../scripts/lib/results.mjs'

/** One size of a growth. */
export interface Point {
  readonly size: number
  /** What is measured, in the unit of its growth. */
  readonly value: number
}

/** What grows with what. */
export interface Growth {
  readonly id: string
  readonly title: string
  /** What the sizes count. */
  readonly of: string
  readonly unit: string
  readonly lines: readonly { readonly name: string; readonly points: readonly Point[] }[]
  /** What must hold, in words, and whether it does. */
  readonly limits: readonly { readonly words: string; readonly isKept: boolean }[]
}

await main(async () => {
  await build()
  // Built only now.
  const { growths } = await import('./growths/index.ts')
  const found: Growth[] = []
  for (const measure of growths) {
    const growth = await measure()
    found.push(growth)
    console.log(`\n${tableOf(growth)}`)
  }
  const file = join(import.meta.dirname, 'results', 'growth.json')
  const version = process.versions.node
  writeFileSync(file, `${JSON.stringify({ version, growths: found }, undefined, 2)}\n`)
  const limits = found.flatMap((growth) => growth.limits)
  const broken = limits.filter(({ isKept }) => !isKept)
  console.log(`\n${limits.length - broken.length} within, ${broken.length} over`)
  recordResult(limits.length - broken.length, broken.length)
  process.exitCode = broken.length === 0 ? 0 : 1
})

function tableOf({ title, of, unit, lines, limits }: Growth): string {
  const rows = lines.flatMap(({ name, points }) =>
    points.map(
      ({ size, value }) =>
        `  ${name.padEnd(34)} ${String(size).padStart(9)} ${of.padEnd(22)} ${value.toPrecision(4).padStart(9)} ${unit}`,
    ),
  )
  const verdicts = limits.map(({ words, isKept }) => `${isKept ? 'within' : 'over  '} ${words}`)
  return [title, ...rows, ...verdicts].join('\n')
}
