/** The last prices of a stream as a line, broken where nothing is known. For the eye; the numbers stand beside it. */
import type { Snapshot, Tick } from './snapshot.ts'

const SPAN_MS = 30_000
const WIDTH = 600
const HEIGHT = 160
const MARGIN = 12

export function Chart({
  ticks,
  gaps,
  nowMs,
}: Pick<Snapshot, 'ticks' | 'gaps'> & { nowMs: number }) {
  const fromMs = nowMs - SPAN_MS
  const shown = ticks.filter(({ atMs }) => atMs >= fromMs)
  const x = (atMs: number) => Math.max(0, ((atMs - fromMs) / SPAN_MS) * WIDTH)
  const prices = shown.map(({ price }) => price)
  const low = Math.min(...prices)
  const range = Math.max(...prices) - low || 1
  const y = (price: number) => HEIGHT - MARGIN - ((price - low) / range) * (HEIGHT - 2 * MARGIN)
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      {gaps
        .filter(({ toMs }) => toMs >= fromMs)
        .map((gap) => (
          <rect
            key={gap.fromMs}
            class="gap"
            x={x(gap.fromMs)}
            y="0"
            width={Math.max(2, x(gap.toMs) - x(gap.fromMs))}
            height={HEIGHT}
          />
        ))}
      {runs(shown, gaps).map((run) => (
        <polyline
          key={run[0]?.atMs}
          class="price"
          points={run.map(({ atMs, price }) => `${x(atMs)},${y(price)}`).join(' ')}
        />
      ))}
    </svg>
  )
}

/** The ticks between the gaps: no line is drawn over what is not known. */
function runs(ticks: readonly Tick[], gaps: Snapshot['gaps']): Tick[][] {
  const all: Tick[][] = [[]]
  let before: Tick | undefined
  for (const tick of ticks) {
    const previous = before
    if (previous && gaps.some(({ toMs }) => previous.atMs <= toMs && toMs <= tick.atMs))
      all.push([])
    all.at(-1)?.push(tick)
    before = tick
  }
  return all.filter((run) => run.length > 0)
}
