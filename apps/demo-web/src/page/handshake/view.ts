/** The handshake page: buttons, the drawing, and what the inspector may take over. */
import type { TrailStep } from '../../trail.ts'
import { rememberRequest, rememberSession } from '../memory.ts'
import type { Go } from '../router.ts'
import { element } from '../view/element.ts'
import { createSequence, duration } from '../view/sequence.ts'
import { isMistake, MISTAKES } from './mistakes.ts'
import { LANES, PLAN } from './plan.ts'
import { createRunner, type Runner } from './runner.ts'

export function handshakeView(go: Go): HTMLElement {
  const sequence = createSequence(LANES, 'Steps of the handshake')
  const mistake = element(
    'select',
    { id: 'mistake' },
    ...Object.entries(MISTAKES).map(([value, text]) => element('option', { value }, text)),
  )
  const next = element('button', { type: 'button', onclick: () => void runNext() }, 'Run step 1')
  const all = element(
    'button',
    { type: 'button', class: 'second', onclick: () => void runAll() },
    'Run all',
  )
  const again = element(
    'button',
    { type: 'button', class: 'second', onclick: () => restart() },
    'Start again',
  )
  const inspect = element(
    'button',
    { type: 'button', class: 'second', onclick: () => go('/inspector') },
    'Inspect the request',
  )
  const status = element('p', { class: 'status', role: 'status' })
  let runner: Runner
  let isBusy = false

  function restart(): void {
    sequence.clear()
    const chosen = isMistake(mistake.value) ? mistake.value : 'none'
    runner = createRunner({
      origin: location.origin,
      fetch: (input, init) => fetch(input, init),
      mistake: chosen,
      onRequest: rememberRequest,
    })
    update(`Next: ${PLAN[0]?.title}.`)
  }

  function update(text: string): void {
    const { number, next: planned } = runner
    next.textContent = planned ? `Run step ${number}` : 'No step left'
    // Marked, not disabled: a disabled button loses the keyboard's focus.
    for (const button of [next, all]) {
      button.setAttribute('aria-disabled', String(isBusy || planned === undefined))
    }
    again.setAttribute('aria-disabled', String(isBusy))
    status.textContent = text
  }

  async function step(): Promise<TrailStep> {
    const { number, next: planned } = runner
    update(`Step ${number}: ${planned?.title} …`)
    const done = await runner.run()
    const row = sequence.add(done)
    if (runner.session) rememberSession(runner.session)
    row.scrollIntoView({ block: 'nearest' })
    return done
  }

  async function run(howMany: number): Promise<void> {
    if (isBusy || runner.next === undefined) return
    isBusy = true
    let last: TrailStep | undefined
    for (let left = howMany; left > 0 && runner.next; left--) last = await step()
    isBusy = false
    if (last) update(summary(last))
  }

  function summary({ title, ms, failure }: TrailStep): string {
    const number = sequence.count
    if (failure) return `Step ${number} failed: ${title}. ${failure.message}`
    if (runner.next) return `Step ${number} done in ${duration(ms)}. Next: ${runner.next.title}.`
    return `All ${number} steps succeeded.`
  }

  const runNext = () => run(1)
  const runAll = () => run(PLAN.length)

  mistake.addEventListener('change', () => {
    if (!isBusy) restart()
  })
  restart()

  return element(
    'div',
    {},
    element('h1', { tabindex: '-1' }, 'The OAuth 1.0a handshake'),
    element(
      'p',
      { class: 'lead' },
      'From fresh keys to an authorized call, in this browser, against a strict stand-in for the broker. Run one step at a time; open its bytes to see what was signed and sent.',
    ),
    element(
      'section',
      { class: 'controls', 'aria-label': 'Controls' },
      element(
        'div',
        { class: 'choice' },
        element('label', { for: 'mistake' }, 'Make a mistake'),
        mistake,
      ),
      element('div', { class: 'buttons primary' }, next, all),
      element('div', { class: 'buttons' }, again, inspect),
      status,
    ),
    element('h2', { class: 'visually-hidden' }, 'Steps'),
    sequence.element,
  )
}
