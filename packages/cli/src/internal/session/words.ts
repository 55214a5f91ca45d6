/** What a person reads of a brokerage session: its events, its health, its status. */
import type {
  BrokerageSessionEvent,
  LostReason,
  SessionHealth,
  SessionStatus,
  WaitReason,
} from '@isoauth/ibkr-session'
import { type Colors, roundedTime } from '../text.ts'

const LOST: Readonly<Record<LostReason, string>> = {
  'not-authenticated': 'the broker says that it is not authenticated',
  competing: 'another platform took it',
  'no-bridge': 'the broker has no session',
  unauthorized: 'the token is refused, a renewed one too',
}

const WAITING: Readonly<Record<WaitReason, string>> = {
  network: 'the network failed',
  timeout: 'no answer came in time',
  unavailable: 'the broker is not ready: its nightly reset, or maintenance',
  'rate-limited': 'the broker refused one request too many',
  'answer-invalid': 'something else answered in place of the broker',
  refused: 'the broker refused',
  competing: 'another platform has the session',
  'not-ready': 'the session is not ready yet',
  unauthorized: 'the sign-in is refused',
}

type Told = Exclude<BrokerageSessionEvent['type'], 'keeper' | 'store-failed' | 'lock-failed'>

/** What is said of an event, in one sentence or two; the others are those of a shared session alone. */
const EVENTS: {
  readonly [Type in Told]: (
    event: Extract<BrokerageSessionEvent, { readonly type: Type }>,
    nowMs: number,
  ) => string
} = {
  opened: ({ message }) => `The session is open.${quote(message)}`,
  lost: ({ reason, message }) => `The session was lost: ${LOST[reason]}.${quote(message)}`,
  reopened: ({ downMs, message }) =>
    `The session is open again, after ${roundedTime(downMs)}.${quote(message)}`,
  competing: () =>
    'Another platform (TWS, the phone, the portal) has the session. It is asked again each minute; --compete takes it.',
  waiting: ({ untilMs, reason, message }, nowMs) =>
    `Nothing is sent for ${roundedTime(untilMs - nowMs)}: ${WAITING[reason]}.${reason === 'competing' ? '' : explained(message)}`,
  'given-up': ({ message, code }) => `Given up: ${message} (${code})`,
}

/** The events of a session that is not shared. */
export const EVENT_TYPES = Object.keys(EVENTS) as readonly Told[]

/** One sentence or two; undefined for what a session that is not shared never tells. */
export function describeEvent(event: BrokerageSessionEvent, nowMs: number): string | undefined {
  const describe = EVENTS[event.type as Told] as
    | ((event: BrokerageSessionEvent, nowMs: number) => string)
    | undefined
  return describe?.(event, nowMs)
}

/** How a session is, on one line. */
export function describeHealth(health: SessionHealth, nowMs: number): string {
  const { state, lastGoodTickleAtMs, openedAtMs, tokenAgeMs, waitingUntilMs } = health
  const since = (atMs: number) => roundedTime(Math.max(0, nowMs - atMs))
  const opened = openedAtMs === undefined ? undefined : since(openedAtMs)
  // What matters most is first: a narrow terminal cuts the end.
  return [
    state,
    ...(opened !== undefined && state === 'open' ? [`for ${opened}`] : []),
    ...(waitingUntilMs === undefined
      ? []
      : [`next attempt in ${roundedTime(Math.max(0, waitingUntilMs - nowMs))}`]),
    ...(lastGoodTickleAtMs === undefined ? [] : [`last tickle ${since(lastGoodTickleAtMs)} ago`]),
    ...(tokenAgeMs === undefined ? [] : [`token renewed ${roundedTime(tokenAgeMs)} ago`]),
    ...(opened !== undefined && state !== 'open' ? [`opened ${opened} ago`] : []),
  ].join(', ')
}

/** A status as lines of name and value. */
export function describeStatus(status: SessionStatus, colors: Colors): string {
  const { isReady, authenticated, connected, established, competing, message, fail } = status
  const rows = { authenticated, connected, established, competing, message, fail }
  const head = isReady ? colors.green('ready') : colors.yellow('not ready')
  const told = Object.entries(rows).filter(([, value]) => value !== undefined)
  return [head, ...told.map(([name, value]) => `  ${name.padEnd(15)}${value}`), ''].join('\n')
}

/** What an error of ours says, which is a sentence. */
export function explained(message: string | undefined): string {
  return message === undefined ? '' : ` ${message}`
}

/** What the broker says. */
export function quote(message: string | undefined): string {
  return message === undefined ? '' : ` It says: ${message.replace(/\.$/, '')}.`
}
