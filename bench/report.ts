/** The table that the bench prints, and what is within its limits. */
import { GATES, type Gate, limitFor, type RuntimeName } from './gates.ts'
import type { MeasuredCost } from './in-runtime.ts'

/** A ratio against its limit. */
export interface Verdict {
  readonly gate: Gate
  readonly ratio: number
  /** Undefined where the ratio is told and not limited. */
  readonly most: number | undefined
  readonly aim: number | undefined
  readonly isOver: boolean
}

/** Judges what was measured; a gate whose contenders were not measured is over. */
export function judge(costs: readonly MeasuredCost[], runtime: RuntimeName): Verdict[] {
  return GATES.flatMap((gate) => {
    const most = limitFor(gate.most, runtime)
    if (most === undefined && gate.most !== undefined) return []
    const times = costs.find(({ id }) => id === gate.cost)?.times ?? []
    const bestOf = (name: string) => times.find((one) => one.name === name)?.best ?? Number.NaN
    const ours = bestOf(gate.ours) - (gate.less === undefined ? 0 : bestOf(gate.less))
    const ratio = ours / bestOf(gate.peer)
    // What is told only is told where there is somebody to compare with.
    if (gate.most === undefined && Number.isNaN(ratio)) return []
    return [
      {
        gate,
        ratio,
        most,
        aim: limitFor(gate.aim, runtime),
        isOver: !(ratio <= (most ?? Infinity)),
      },
    ]
  })
}

/** Everything that was measured, then the ratios with their limits. */
export function tableOf(costs: readonly MeasuredCost[], verdicts: readonly Verdict[]): string {
  return [...costs.flatMap(linesOfCost), '', ...linesOfVerdicts(verdicts)].join('\n')
}

function linesOfCost({ title, times }: MeasuredCost): string[] {
  const rows = times.map(
    ({ name, best, median, bytes }) =>
      `  ${name.padEnd(40)} ${figure(best)} µs  (median ${figure(median)} µs)${bytes === undefined ? '' : `  ${kilobytes(bytes)} allocated`}`,
  )
  return [title, ...rows]
}

function linesOfVerdicts(verdicts: readonly Verdict[]): string[] {
  return verdicts.map(({ gate, ratio, most, aim, isOver }) => {
    const name = `${gate.cost}: ${comparisonOf(gate)}`
    const reached =
      aim === undefined ? '' : `, aim ${aim} ${ratio <= aim ? 'reached' : 'not reached'}`
    if (most === undefined) return `told   ${name.padEnd(72)} ${ratio.toFixed(3)}`
    return `${isOver ? 'over  ' : 'within'} ${name.padEnd(72)} ${ratio.toFixed(3)} <= ${most}${reached}`
  })
}

/** What a gate compares, in words. */
export function comparisonOf({ ours, less, peer }: Gate): string {
  return `${less === undefined ? ours : `(${ours} - ${less})`} / ${peer}`
}

/** Bytes as they are shown. */
export function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}

function figure(microseconds: number): string {
  return microseconds.toPrecision(4).padStart(8)
}
