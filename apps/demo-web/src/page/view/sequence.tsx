/**
 * A sequence drawing: one row a step, planned or run, with the lanes and what travels between them. One step is
 * open, with what happened in it: beside the drawing where there is room, below its row else. The drawing is for the
 * eye; the same stands beside it as text.
 */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Failure, Message, TrailStep } from '../../trail.ts'
import { Drawing, rowHeight } from './drawing.tsx'
import { duration } from './duration.ts'
import { FieldList } from './fields.tsx'
import { useMedia } from './use-media.ts'

export interface SequenceRow {
  readonly title: string
  readonly messages: readonly Message[]
  readonly lane?: number
  /** What will happen, for a step that was not run. */
  readonly about?: string
  readonly isRunning?: boolean
  /** What happened. */
  readonly step?: TrailStep | undefined
}

export interface SequenceProps {
  readonly lanes: readonly string[]
  readonly label: string
  readonly rows: readonly SequenceRow[]
  /** What stands beside the drawing while no step is open. */
  readonly children?: ComponentChildren
}

type RowState = 'planned' | 'running' | 'done' | 'failed' | 'not-reached'

/** The times' scale: from a tenth of a millisecond to ten seconds, each ten times the one before. */
const DECADES = 5

export function Sequence({ lanes, label, rows, children }: SequenceProps) {
  const isWide = useMedia('(min-width: 60.01rem)')
  const failed = rows.findIndex(({ step }) => step?.failure)
  const newest = rows.filter(({ step, isRunning }) => step || isRunning).length - 1
  const [choice, choose] = useState<{ readonly row: number; readonly newest: number }>()
  // A run is followed: what was chosen before its newest step is chosen no longer.
  const chosen = choice && choice.newest === newest ? choice.row : undefined
  const open = chosen ?? (isWide || newest === failed ? newest : -1)
  return (
    <div class={`sequence lanes-${lanes.length}`}>
      <div class="names" aria-hidden="true">
        {lanes.map((name) => (
          <span key={name}>{name}</span>
        ))}
      </div>
      <ol class="steps" aria-label={label}>
        {rows.map((row, index) => (
          <Step
            key={`${index} ${row.title}`}
            row={row}
            number={index + 1}
            lanes={lanes}
            state={stateOf(row, failed >= 0)}
            isOpen={index === open}
            onChoose={() => choose({ row: index === open ? -1 : index, newest })}
          />
        ))}
      </ol>
      {failed >= 0 && failed < rows.length - 1 && (
        <p class="not-reached">{notReached(failed + 2, rows.length)}</p>
      )}
      {isWide && open < 0 && <div class="detail">{children}</div>}
    </div>
  )
}

function stateOf({ step, isRunning }: SequenceRow, hasFailed: boolean): RowState {
  if (step) return step.failure ? 'failed' : 'done'
  if (isRunning) return 'running'
  return hasFailed ? 'not-reached' : 'planned'
}

function notReached(first: number, last: number): string {
  return first === last
    ? `Step ${last} was not reached.`
    : `Steps ${first} to ${last} were not reached.`
}

const STATE_WORDS: Readonly<Record<RowState, string>> = {
  planned: 'to come',
  running: 'running',
  done: 'done',
  failed: 'failed',
  'not-reached': 'not reached',
}

interface StepProps {
  readonly row: SequenceRow
  readonly number: number
  readonly lanes: readonly string[]
  readonly state: RowState
  readonly isOpen: boolean
  onChoose(): void
}

function Step({ row, number, lanes, state, isOpen, onChoose }: StepProps) {
  const { title, step, lane = step?.lane ?? 0, messages = [] } = { ...row, ...row.step }
  return (
    <li class={`step ${state}`} data-state={state}>
      <button
        type="button"
        class="row"
        aria-expanded={isOpen}
        style={{ minHeight: `${rowHeight(messages.length)}px` }}
        onClick={onChoose}
      >
        <span class="lanes">
          <Drawing messages={messages} lane={lane} lanes={lanes.length} />
        </span>
        <span class="title">
          <span class="state" aria-hidden="true" />
          <span>
            {number}. {title}
            <span class="visually-hidden">, {STATE_WORDS[state]}</span>
          </span>
        </span>
        {step && <Time ms={step.ms} />}
      </button>
      {messages.length > 0 && <p class="visually-hidden">{route(messages, lanes)}</p>}
      {isOpen && <Detail row={row} number={number} route={route(messages, lanes)} />}
    </li>
  )
}

function Detail({
  row: { title, about, step },
  number,
  route: travels,
}: Pick<StepProps, 'row' | 'number'> & { readonly route: string }) {
  const heading = `${number}. ${title}`
  const { said = about ?? '', verified = [], fields = [], failure } = step ?? {}
  return (
    // It scrolls where there is much in it, and so takes the keyboard's focus.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls only what has the focus
    <section class="detail" aria-label={heading} tabIndex={0}>
      <h3>{heading}</h3>
      {travels !== '' && (
        <p class="route" aria-hidden="true">
          {travels}
        </p>
      )}
      {failure && <Failed {...failure} />}
      {said !== '' && <p>{said}</p>}
      {verified.length > 0 && (
        <ul class="verified" aria-label="What it proved">
          {verified.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {fields.length > 0 && (
        <>
          <h4>Bytes of step {number}</h4>
          <FieldList key={number} fields={fields} />
        </>
      )}
    </section>
  )
}

/** The messages of a step as text. */
function route(messages: readonly Message[], lanes: readonly string[]): string {
  return messages
    .map(({ from, to, label }) => `${lanes[from]} to ${lanes[to]}: ${label}`)
    .join('; ')
}

function Failed({ code, message, reason, remedy }: Failure) {
  return (
    <div class="failure">
      <p>
        <strong class="bad">Failed. </strong>
        {message}
      </p>
      {reason !== undefined && (
        <p>
          <strong>Why: </strong>
          {reason}
        </p>
      )}
      {remedy !== undefined && (
        <p>
          <strong>What to do: </strong>
          {remedy}
        </p>
      )}
      {code !== undefined && (
        <p>
          Code: <code>{code}</code>
        </p>
      )}
    </div>
  )
}

function Time({ ms }: { readonly ms: number }) {
  const decades = Math.log10(Math.max(ms, 0.1)) + 1
  const share = Math.min(1, Math.max(0.01, decades / DECADES))
  return (
    <span class="time">
      <span class="ms">{duration(ms)}</span>
      <span class="bar" aria-hidden="true" style={{ '--share': String(share) }} />
    </span>
  )
}
