/** What was tried with which consumer, and what came of it: one line each while it runs, one table at the end. */
import { PlainError, seconds } from '../../../scripts/lib/process.mjs'

const HEAD = ['consumer', 'version', 'what', 'result', 'time']

/** A consumer, in which version, and what it is to do. */
export interface Tried {
  readonly consumer: string
  readonly version?: string | undefined
  readonly what: string
}

interface Row extends Tried {
  readonly version: string
  readonly result: 'passed' | 'FAILED' | 'SKIPPED'
  readonly took: number
  readonly problem?: string
}

/** `signal`: once it is aborted, what fails is no finding. */
export function createTable({ signal }: { signal: AbortSignal }) {
  const rows: Row[] = []

  function add(row: Row): void {
    rows.push(row)
    console.log(line([row.consumer, row.what, row.result, time(row)], [26, 58, 8, 7]))
  }

  return {
    /**
     * Does the work and notes how it went. A text that it gives is added to `what`. Resolves to what it gives, and to
     * undefined where it failed.
     */
    async check({ consumer, version = '', what }: Tried, work: () => unknown): Promise<unknown> {
      const began = performance.now()
      const took = () => (performance.now() - began) / 1000
      try {
        const value = await work()
        const said = typeof value === 'string' ? `${what}: ${value}` : what
        add({ consumer, version, what: said, result: 'passed', took: took() })
        return value ?? true
      } catch (error) {
        if (signal.aborted) throw error
        const problem =
          error instanceof PlainError
            ? error.message
            : String(error instanceof Error ? error.stack : error)
        add({ consumer, version, what, result: 'FAILED', took: took(), problem })
        return undefined
      }
    },

    /** Notes what this machine does not have: on CI a failure, elsewhere named. */
    missing({ consumer, version = '', what }: Tried): void {
      const result = process.env['CI'] === 'true' ? 'FAILED' : 'SKIPPED'
      add({ consumer, version, what: `${what}: not installed here`, result, took: 0 })
    },

    count: (result: Row['result']) => rows.filter((row) => row.result === result).length,

    failures: () =>
      rows.flatMap(({ consumer, what, result, problem = '' }) =>
        result === 'FAILED' ? [`${consumer}, ${what}: ${problem}`] : [],
      ),

    print(): void {
      const cells = grouped(rows).map((row) => [
        ...[row.consumer, row.version, row.what, row.result, time(row)],
      ])
      const widths = HEAD.map((head, column) =>
        Math.max(head.length, ...cells.map((cell) => cell[column]?.length ?? 0)),
      )
      const rule = widths.map((width) => '-'.repeat(width))
      console.log(`\n${[HEAD, rule, ...cells].map((cell) => line(cell, widths)).join('\n')}`)
      for (const { consumer, what, problem } of rows) {
        if (problem !== undefined) console.log(`\n── ${consumer}, ${what}\n${indent(problem)}`)
      }
    },
  }
}

/** Rows of one consumer together, in the order in which consumers came. */
function grouped(rows: readonly Row[]): Row[] {
  const consumers = [...new Set(rows.map(({ consumer }) => consumer))]
  return consumers.flatMap((name) => rows.filter(({ consumer }) => consumer === name))
}

function line(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join('  ')
    .trimEnd()
}

function time({ took }: Row): string {
  return seconds(took)
}

function indent(text: string): string {
  return text.trim().replace(/^/gm, '    ')
}
