/**
 * `npm run bench:plots`: draws one figure per cost from `bench/results/*.json` into `docs/performance/`, and writes
 * the table of ratios into `docs/performance.md`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { main, PlainError } from '../scripts/lib/process.mjs'
import { root } from '../scripts/lib/workspace.mjs'
import { GATES, limitFor, type RuntimeName } from './gates.ts'
import type { Growth } from './growth.ts'
import type { MeasuredCost } from './in-runtime.ts'
import { comparisonOf, judge, kilobytes } from './report.ts'

interface Result {
  readonly runtime: RuntimeName
  readonly version: string
  readonly costs: readonly MeasuredCost[]
}

const docs = join(root, 'docs')
const figures = join(docs, 'performance')
const page = join(docs, 'performance.md')
const NAMES: Readonly<Record<RuntimeName, string>> = {
  node20: 'Node 20',
  node22: 'Node 22',
  node24: 'Node 24',
  node26: 'Node 26',
  deno: 'Deno',
  bun: 'Bun',
}

await main(async () => {
  const results = readResults()
  mkdirSync(figures, { recursive: true })
  const ids = results[0]?.costs.map(({ id }) => id) ?? []
  for (const id of ids) {
    writeFileSync(join(figures, `${id}.svg`), `${await drawCost(id, results)}\n`)
  }
  const { growths } = readGrowth()
  for (const growth of growths) {
    writeFileSync(join(figures, `${growth.id}.svg`), `${await drawGrowth(growth)}\n`)
  }
  writeTable('ratios', ratioTable(results))
  writeTable('allocation', allocationTable(results))
  writeTable('growth', growthTable(growths))
  const count = ids.length + growths.length
  console.log(`${count} figures in docs/performance, the tables in docs/performance.md`)
})

/** Writes a table between its two marks in the page. */
function writeTable(name: string, rows: readonly string[]): void {
  const text = readFileSync(page, 'utf8')
  const place = new RegExp(`<!-- ${name} -->[\\s\\S]*<!-- /${name} -->`)
  if (!place.test(text)) throw new PlainError(`docs/performance.md has no place for the ${name}`)
  const table = [`<!-- ${name} -->`, '', ...rows, '', `<!-- /${name} -->`].join('\n')
  writeFileSync(
    page,
    text.replace(place, () => table),
  )
}

function readGrowth(): { readonly growths: readonly Growth[] } {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'results', 'growth.json'), 'utf8'))
}

function readResults(): Result[] {
  const folder = join(import.meta.dirname, 'results')
  const files = readdirSync(folder).filter((file) => file.replace(/\.json$/, '') in NAMES)
  const results = files.map(
    (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Result,
  )
  const order = Object.keys(NAMES)
  return results.sort((a, b) => order.indexOf(a.runtime) - order.indexOf(b.runtime))
}

/** Bars of every contender, a row of them for each runtime, on a logarithmic axis where they lie far apart. */
async function drawCost(id: string, results: readonly Result[]): Promise<string> {
  const values = results.flatMap(({ runtime, version, costs }) =>
    (costs.find((cost) => cost.id === id)?.times ?? []).map(({ name, best }) => ({
      runtime: `${NAMES[runtime]} (${version})`,
      contender: name,
      time: best,
      kind: name.startsWith('ours') ? 'ours' : 'others',
    })),
  )
  const title = results[0]?.costs.find((cost) => cost.id === id)?.title ?? id
  const times = values.map(({ time }) => time)
  const isWide = Math.max(...times) > 20 * Math.min(...times)
  const spec: TopLevelSpec = {
    title: { text: title, anchor: 'start' },
    data: { values },
    facet: {
      row: {
        field: 'runtime',
        type: 'nominal',
        title: null,
        sort: [...new Set(values.map(({ runtime }) => runtime))],
        header: { labelAngle: 0, labelAlign: 'left' },
      },
    },
    spec: {
      width: 420,
      height: { step: 14 },
      mark: { type: isWide ? 'tick' : 'bar', tooltip: false, thickness: 3 } as never,
      encoding: {
        y: { field: 'contender', type: 'nominal', title: null, sort: null },
        x: {
          field: 'time',
          type: 'quantitative',
          title: `microseconds, best round${isWide ? ', logarithmic' : ''}`,
          scale: isWide ? { type: 'log' } : {},
        },
        color: {
          field: 'kind',
          type: 'nominal',
          legend: null,
          scale: { domain: ['ours', 'others'], range: ['#0b6e4f', '#8d99ae'] },
        },
      },
    },
    config: { background: 'white', font: 'sans-serif', axis: { labelLimit: 320 } },
  }
  return await new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG()
}

/** What a call allocates, by contender and runtime. */
function allocationTable(results: readonly Result[]): string[] {
  const told = results.flatMap(({ runtime, costs }) => {
    const times = costs.find(({ id }) => id === 'call')?.times ?? []
    return times.some(({ bytes }) => bytes !== undefined) ? [{ runtime, times }] : []
  })
  const rows = (told[0]?.times ?? []).map(({ name }) => [
    name,
    ...told.map(({ times }) => {
      const { bytes } = times.find((one) => one.name === name) ?? {}
      return bytes === undefined ? '' : kilobytes(bytes)
    }),
  ])
  return tableLines(['a call by', ...told.map(({ runtime }) => NAMES[runtime])], rows)
}

function ratioTable(results: readonly Result[]): string[] {
  const head = ['ratio', 'limit', ...results.map(({ runtime }) => NAMES[runtime])]
  const rows = GATES.map((gate) => {
    const limits = results.map(({ runtime }) => limitFor(gate.most, runtime))
    const found = results.map(({ runtime, costs }) => {
      const verdict = judge(costs, runtime).find((one) => one.gate === gate)
      return verdict ? verdict.ratio.toFixed(2) : ''
    })
    const numbers = [...new Set(limits.filter((limit) => limit !== undefined))]
    return [`${gate.meaning}: ${comparisonOf(gate)}`, numbers.join(', '), ...found]
  })
  return tableLines(head, rows)
}

/** A table of Markdown, whose first column is words and whose others are numbers. */
function tableLines(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, at) => (at < 1 ? '---' : '---:'))), ...rows.map(line)]
}

/** Lines, on logarithmic axes where nothing is zero: what grows in proportion is a straight line. */
async function drawGrowth({ title, of, unit, lines }: Growth): Promise<string> {
  const values = lines.flatMap(({ name, points }) =>
    points.map(({ size, value }) => ({ name, size, value })),
  )
  const scaleOf = (all: readonly number[]) =>
    all.every((one) => one > 0) ? ({ type: 'log', nice: false } as const) : {}
  const [sizes, found] = [values.map(({ size }) => size), values.map(({ value }) => value)]
  const spec: TopLevelSpec = {
    title: { text: title, anchor: 'start' },
    data: { values },
    width: 420,
    height: 240,
    mark: { type: 'line', point: true, tooltip: false },
    encoding: {
      x: { field: 'size', type: 'quantitative', title: of, scale: scaleOf(sizes) },
      y: {
        field: 'value',
        type: 'quantitative',
        title: unit,
        scale: scaleOf([...sizes, ...found]),
      },
      color: {
        field: 'name',
        type: 'nominal',
        title: null,
        legend: { orient: 'bottom', columns: 1, labelLimit: 400 },
      },
    },
    config: { background: 'white', font: 'sans-serif', axis: { labelLimit: 320 } },
  }
  return await new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG()
}

function growthTable(growths: readonly Growth[]): string[] {
  const rows = growths.flatMap(({ title, of, limits }) =>
    limits.map(({ words }) => `| ${title} (${of}) | ${words} |`),
  )
  return ['| what grows | what held, and what was found |', '| --- | --- |', ...rows]
}
