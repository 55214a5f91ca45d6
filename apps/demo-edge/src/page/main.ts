/** The page: who is signed in, which accounts there are, and how long calls through the edge take. */
import { plural } from '../plural.ts'
import { accounts, Refused, type SessionState, session, type Timing } from './calls.ts'
import { create, element, show, text } from './elements.ts'

const MANY = 50
const ROWS = 12
/** It may break after the slash. */
const CALL = 'portfolio/\u200baccounts'

/** Safari, for one, drops cookies for https over http, on loopback too. */
const NO_COOKIE =
  'This browser did not keep the session cookie. Over plain http only Chrome, Edge and Firefox do, on this machine.'

let timings: Timing[] = []
let calls = 0
let isBusy = false
/** Handshakes by the isolate that made them. */
const handshakes = new Map<string, number>()

function showSession({ signIn, session: current }: SessionState): void {
  show('signed-out', current === null)
  for (const id of ['signed-in', 'accounts-card', 'calls-card']) show(id, current !== null)
  show('by-development-code', signIn === 'development')
  show('by-identity-token', signIn === 'identity-token')
  // What had the keyboard's focus may be gone: it goes on at what came in its place.
  if (document.activeElement?.closest('[hidden]')) {
    element(current === null ? 'sign-in-title' : 'session-title').focus()
  }
  if (current === null) {
    timings = []
    calls = 0
    handshakes.clear()
    element('calls').replaceChildren()
    element('accounts').replaceChildren()
    text('summary', '')
    return
  }
  text('person', current.name)
  text('until', new Date(current.expiresAtMs).toLocaleTimeString())
}

async function call(times: number): Promise<void> {
  const answers = await Promise.allSettled(
    Array.from({ length: times }, async () => {
      const answer = await accounts()
      count(answer.timing)
      return answer
    }),
  )
  const done = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  const [first] = done
  if (first !== undefined) {
    timings = [...done.map(({ timing }) => timing), ...timings]
    element('accounts').replaceChildren(
      ...first.accounts.map(({ accountId, displayName, currency }) =>
        create('li', [accountId, displayName, currency].filter(Boolean).join(' · ')),
      ),
    )
    showTimings(done.length)
  }
  const failed = answers.find((answer) => answer.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** Shown as each answer arrives: many calls, few handshakes. */
function count({ isolate }: Timing): void {
  calls += 1
  if (isolate) {
    const known = handshakes.get(isolate.name) ?? 0
    handshakes.set(isolate.name, Math.max(known, isolate.handshakes))
  }
  const made = [...handshakes.values()].reduce((sum, one) => sum + one, 0)
  text('call-count', String(calls))
  text('handshake-count', String(made))
  element<HTMLProgressElement>('share').max = Math.max(calls, 1)
  element<HTMLProgressElement>('share').value = Math.min(made, calls)
  text(
    'ratio',
    made === 0
      ? 'The token was made before by another isolate: no handshake here.'
      : `${plural(calls, 'call')} by ${plural(made, 'handshake')} of ${plural(handshakes.size, 'isolate')}.`,
  )
}

function showTimings(newest: number): void {
  const sorted = timings
    .slice(0, newest)
    .map(({ browserMs }) => browserMs)
    .sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  const slowest = sorted.at(-1) ?? 0
  text(
    'summary',
    newest === 1
      ? `${timings.length} in all; the last took ${milliseconds(slowest)}.`
      : `${timings.length} in all; of the last ${newest}, half were done in ${milliseconds(median)}, all in ${milliseconds(slowest)}.`,
  )
  element('calls').replaceChildren(...timings.slice(0, ROWS).map(row))
}

function row({ status, browserMs, brokerMs }: Timing): HTMLElement {
  const line = create('tr', '')
  const broker = brokerMs === undefined ? '' : milliseconds(brokerMs)
  for (const value of [CALL, `${status}`, milliseconds(browserMs), broker]) {
    line.append(create('td', value))
  }
  return line
}

function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`
}

/** Runs what a person asked for; a refusal is said on the page. */
async function attempt(work: () => Promise<void>): Promise<void> {
  if (isBusy) return
  setBusy(true)
  show('problem', false)
  try {
    await work()
  } catch (error) {
    if (error instanceof Refused && error.code === 'EDGE_SESSION_INVALID') {
      await session().then(showSession, () => {})
    }
    const words = error instanceof Refused ? `${error.message} (${error.code})` : 'No connection.'
    text('problem', words)
    show('problem', true)
  } finally {
    setBusy(false)
  }
}

/** Not `disabled`, which would take the keyboard's focus away. */
function setBusy(now: boolean): void {
  isBusy = now
  for (const button of document.querySelectorAll('button')) button.ariaDisabled = String(now)
}

async function signIn(): Promise<void> {
  const code = element<HTMLInputElement>('code')
  await session('POST', { code: code.value.trim() })
  const state = await session()
  if (state.session === null) throw new Refused('NO_COOKIE', NO_COOKIE)
  showSession(state)
  code.value = ''
  await call(1)
}

/** The code of the printed link; taken out of the address, where others could see it. */
function takeCode(): void {
  const code = new URLSearchParams(location.hash.slice(1)).get('code')
  if (code === null) return
  element<HTMLInputElement>('code').value = code
  history.replaceState(null, '', location.pathname)
}

element('sign-in').addEventListener('submit', (event) => {
  event.preventDefault()
  void attempt(signIn)
})
element('sign-out').addEventListener('click', () => {
  void attempt(async () => showSession(await session('DELETE')))
})
element('one').addEventListener('click', () => void attempt(() => call(1)))
element('many').addEventListener('click', () => void attempt(() => call(MANY)))

addEventListener('hashchange', takeCode)
takeCode()
void attempt(async () => {
  const state = await session()
  showSession(state)
  if (state.session !== null) await call(1)
})
