/** One row of the sequence drawing: the lifelines, and what travels between them. For the eye alone. */
import type { Message } from '../../trail.ts'

const FIRST_ARROW = 19
const ARROW_STEP = 24
const WORK_HEIGHT = 24

/** Pixels that a row with so many messages takes. */
export function rowHeight(messages: number): number {
  return Math.max(42, messages * ARROW_STEP + 6)
}

export function Drawing(row: {
  readonly messages: readonly Message[]
  readonly lane: number
  readonly lanes: number
}) {
  const { messages, lane, lanes } = row
  const x = (index: number) => `${((index + 0.5) * 100) / lanes}%`
  return (
    <svg focusable="false" aria-hidden="true">
      {Array.from({ length: lanes }, (_, index) => (
        <line key={x(index)} class="life" x1={x(index)} x2={x(index)} y1="0" y2="100%" />
      ))}
      {messages.length === 0 && (
        <rect class="work" x={x(lane)} y="9" width="11" height={WORK_HEIGHT} rx="2" />
      )}
      {messages.map((message, index) => (
        <Arrow
          key={`${message.label} ${index}`}
          {...message}
          y={FIRST_ARROW + index * ARROW_STEP}
          x={x}
        />
      ))}
    </svg>
  )
}

function Arrow({
  from,
  to,
  label,
  y,
  x,
}: Message & { readonly y: number; readonly x: (index: number) => string }) {
  const tip = to > from ? 'M-8,-5 L0,0 L-8,5' : 'M8,-5 L0,0 L8,5'
  return (
    <g>
      <line class="arrow" x1={x(from)} x2={x(to)} y1={y} y2={y} />
      {/* A path takes no percentages, and so stands in a frame that does. */}
      <svg aria-hidden="true" x={x(to)} y={y} overflow="visible">
        <path class="tip" d={tip} />
      </svg>
      <text class="label" x={x((from + to) / 2)} y={y - 5} text-anchor="middle">
        {label}
      </text>
    </g>
  )
}
