/** The sign-on page: the round trip through UltraCart's login page, and an SSO browser link. */
import type { TrailStep } from '../../trail.ts'
import { element } from '../view/element.ts'
import { createSequence } from '../view/sequence.ts'

interface Trail {
  readonly steps: readonly TrailStep[]
  readonly name?: string
}

interface BrowserLink extends Trail {
  readonly url?: string
  /** Milliseconds until it is no longer given out. */
  readonly livesMs?: number
}

export function signOnView(): HTMLElement {
  const view = element(
    'div',
    {},
    element('h1', { tabindex: '-1' }, 'Sign-on of a person'),
    element(
      'p',
      { class: 'lead' },
      'Two flows in which a server acts for a person. Their secrets stay on that server; what you see is what it tells of each step.',
    ),
  )
  // Shown once the server told its steps: later they would push down what a person reads.
  const show = (trail?: Trail) => view.append(ultracart(trail), browserLink())
  void load<Trail>('/demo/ultracart/trail').then(show, () => show())
  return view
}

function ultracart(trail: Trail | undefined): HTMLElement {
  const sequence = createSequence(['Browser', 'Your server', 'UltraCart'], 'Steps of the sign-in')
  const { steps = [], name } = trail ?? {}
  for (const step of steps) sequence.add(step)
  const signOut = submit('Sign out', 'second')
  signOut.hidden = name === undefined
  const status = element('p', { class: 'status', role: 'status' }, stateOf(trail))
  return element(
    'section',
    { class: 'flow', 'aria-labelledby': 'ultracart' },
    element('h2', { id: 'ultracart' }, 'UltraCart: there and back'),
    element(
      'p',
      {},
      'The browser goes to the login page of the service and comes back with a code and the state. Approve or refuse there.',
    ),
    element(
      'div',
      { class: 'buttons' },
      form('/demo/ultracart/sign-in', submit('Sign in with UltraCart')),
      form('/demo/ultracart/sign-out', signOut),
    ),
    status,
    sequence.element,
  )
}

function stateOf(trail: Trail | undefined): string {
  if (trail === undefined) return NO_SERVER
  const failure = trail.steps.find((step) => step.failure)?.failure
  if (failure) return `Not signed in. ${failure.message}`
  return trail.name === undefined ? 'Nobody is signed in.' : `Signed in as ${trail.name}.`
}

function browserLink(): HTMLElement {
  const sequence = createSequence(['Browser', 'Your server', 'Broker'], 'Steps of the link')
  const status = element('p', { class: 'status', role: 'status' }, 'No link was made yet.')
  const place = element('p', { class: 'link' })
  let countdown: ReturnType<typeof setInterval> | undefined

  async function make(): Promise<void> {
    clearInterval(countdown)
    const { steps, url, livesMs = 0 } = await load<BrowserLink>('/demo/browser-link', 'POST')
    sequence.clear()
    for (const step of steps) sequence.add(step)
    place.replaceChildren()
    const failure = steps.find((step) => step.failure)?.failure
    if (url === undefined) {
      status.textContent = `No link was made. ${failure?.message ?? ''}`
      return
    }
    const endsAt = performance.now() + livesMs
    status.textContent = 'The link is ready: good once, for less than a minute.'
    const left = element('span', { class: 'left' })
    const link = element(
      'a',
      { href: url, target: '_blank', rel: 'noopener noreferrer' },
      'Open the link in a new tab',
    )
    place.append(link, ' ', left)
    const tick = () => {
      const seconds = Math.ceil((endsAt - performance.now()) / 1000)
      left.textContent = seconds > 0 ? `${seconds} s left` : ''
      if (seconds > 0) return
      clearInterval(countdown)
      place.replaceChildren()
      status.textContent = 'The link is over. Make another one.'
    }
    tick()
    countdown = setInterval(tick, 1000)
  }

  const button = element(
    'button',
    { type: 'button', onclick: () => void make().catch(tell(status)) },
    'Make a browser link',
  )
  return element(
    'section',
    { class: 'flow', 'aria-labelledby': 'browser-link' },
    element('h2', { id: 'browser-link' }, 'Interactive Brokers: an SSO browser link'),
    element(
      'p',
      {},
      'A firm signs its user in to the portal: its server makes a link that works once, for a minute, from one address.',
    ),
    element('div', { class: 'buttons' }, button),
    status,
    place,
    sequence.element,
  )
}

const NO_SERVER = 'The server of the demo does not answer. Is it still running?'

async function load<T>(path: string, method = 'GET'): Promise<T> {
  const response = await fetch(path, { method })
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return (await response.json()) as T
}

function tell(status: HTMLElement): () => void {
  return () => {
    status.textContent = NO_SERVER
  }
}

function form(action: string, button: HTMLElement): HTMLElement {
  return element('form', { method: 'post', action }, button)
}

function submit(text: string, style?: string): HTMLButtonElement {
  return element('button', { type: 'submit', class: style }, text)
}
