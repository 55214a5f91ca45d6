/**
 * A sequence drawing that grows: one row a step, with the lanes, what travels between them, how long it
 * took and what it proved. The drawing is for the eye; the same stands beside it as text.
 */
import type { Failure, Message, TrailStep } from '../../trail.ts'
import { element, svg } from './element.ts'
import { fieldList } from './fields.ts'

export interface Sequence {
  readonly element: HTMLElement
  readonly count: number
  /** Adds a step and gives its row. */
  add(step: TrailStep): HTMLElement
  clear(): void
}

const FIRST_ARROW = 34
const ARROW_STEP = 32
/** The times' scale: from a tenth of a millisecond to ten seconds, each ten times the one before. */
const DECADES = 5

export function createSequence(lanes: readonly string[], label: string): Sequence {
  const list = element('ol', { class: 'steps', 'aria-label': label })
  const head = element(
    'div',
    { class: 'row head', 'aria-hidden': 'true' },
    element('div', { class: 'lanes names' }, ...lanes.map((name) => element('span', {}, name))),
    element('div', { class: 'caption' }, 'What happened, and what it proved'),
    element('div', { class: 'caption time' }, 'Time, logarithmic'),
  )
  return {
    element: element('div', { class: `sequence lanes-${lanes.length}` }, head, list),
    get count() {
      return list.childElementCount
    },
    add(step) {
      const item = row(step, list.childElementCount + 1, lanes)
      list.append(item)
      return item
    },
    clear: () => list.replaceChildren(),
  }
}

function row(step: TrailStep, number: number, lanes: readonly string[]): HTMLElement {
  const { title, said, verified, fields, failure, ms, messages } = step
  const state = failure ? 'failed' : 'done'
  return element(
    'li',
    { class: `row step ${state}`, 'data-state': state },
    element('div', { class: 'lanes', 'aria-hidden': 'true' }, drawing(step, lanes.length)),
    element(
      'div',
      { class: 'body' },
      element('h3', {}, `${number}. ${title}`),
      messages.length > 0 && element('p', { class: 'route' }, route(messages, lanes)),
      said !== '' && element('p', {}, said),
      failure && failed(failure),
      verified.length > 0 &&
        element('ul', { class: 'verified' }, ...verified.map((text) => element('li', {}, text))),
      fields.length > 0 &&
        element(
          'details',
          {},
          element('summary', {}, `Bytes of step ${number}`),
          fieldList(fields),
        ),
    ),
    time(ms),
  )
}

/** The messages of a step as text. */
function route(messages: readonly Message[], lanes: readonly string[]): string {
  return messages
    .map(({ from, to, label }) => `${lanes[from]} to ${lanes[to]}: ${label}`)
    .join('; ')
}

function failed({ code, message, reason, remedy }: Failure): HTMLElement {
  return element(
    'div',
    { class: 'failure' },
    element('p', {}, element('strong', { class: 'bad' }, 'Failed. '), message),
    code !== undefined && element('p', {}, 'Code: ', element('code', {}, code)),
    reason !== undefined && element('p', {}, element('strong', {}, 'Why: '), reason),
    remedy !== undefined && element('p', {}, element('strong', {}, 'What to do: '), remedy),
  )
}

function time(ms: number): HTMLElement {
  const decades = Math.log10(Math.max(ms, 0.1)) + 1
  const share = Math.min(1, Math.max(0.01, decades / DECADES))
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' })
  bar.style.setProperty('--share', String(share))
  return element('div', { class: 'time' }, element('span', { class: 'ms' }, duration(ms)), bar)
}

export function duration(ms: number): string {
  // Some browsers measure whole milliseconds only.
  if (ms < 0.05) return '< 1 ms'
  if (ms >= 9950) return `${Math.round(ms / 1000)} s`
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`
  return ms >= 99.95 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`
}

function drawing({ messages, lane }: TrailStep, lanes: number): SVGElement {
  const x = (index: number) => `${((index + 0.5) * 100) / lanes}%`
  const lifelines = Array.from({ length: lanes }, (_, index) =>
    svg('line', { class: 'life', x1: x(index), x2: x(index), y1: '0', y2: '100%' }),
  )
  const work =
    messages.length === 0
      ? [svg('rect', { class: 'work', x: x(lane), y: '16', width: '11', height: '40', rx: '2' })]
      : messages.map((message, index) => arrow(message, FIRST_ARROW + index * ARROW_STEP, x))
  return svg('svg', { focusable: 'false' }, ...lifelines, ...work)
}

function arrow({ from, to, label }: Message, y: number, x: (index: number) => string): SVGElement {
  const isRight = to > from
  const tip = isRight ? 'M-8,-5 L0,0 L-8,5' : 'M8,-5 L0,0 L8,5'
  const middle = x((from + to) / 2)
  // A path takes no percentages, and so stands in a frame that does.
  const head = svg(
    'svg',
    { x: x(to), y: String(y), overflow: 'visible' },
    svg('path', { class: 'tip', d: tip }),
  )
  return svg(
    'g',
    {},
    svg('line', { class: 'arrow', x1: x(from), x2: x(to), y1: String(y), y2: String(y) }),
    head,
    svg('text', { class: 'label', x: middle, y: String(y - 7), 'text-anchor': 'middle' }, label),
  )
}
