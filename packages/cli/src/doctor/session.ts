/** The brokerage session: read, and opened where that was asked for; nobody is ever thrown out. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fields, object } from '../config/json.ts'
import type { Report } from './findings.ts'

/** An authorized `fetch` below the trading API. */
export type TradingFetch = (
  path: string,
  init: {
    readonly method: string
    readonly signal: AbortSignal
    readonly headers?: Record<string, string>
    readonly body?: string
  },
) => Promise<Response>

export interface SessionOptions {
  readonly fetch: TradingFetch
  readonly signal: AbortSignal
  /** Open one where none is open. */
  readonly brokerage: boolean
}

interface Answer {
  readonly status: number
  readonly fields: Fields
}

const CHECK = 'session'
const ESTABLISHED_WITHIN_MS = 10_000
const POLL_MS = 500
const OTHER_PLATFORM =
  'log out of TWS, the phone app or the other program, or use a second user name; isoauth never takes a session over.'

/** Reads the session's status, opens a session if asked, and tells what is there. */
export async function checkSession(report: Report, options: SessionOptions): Promise<void> {
  const answer = await ask(options, '/iserver/auth/status')
  if (refused(report, answer)) return
  if (isReady(answer.fields)) {
    report.add({ check: CHECK, level: 'ok', message: 'a brokerage session is open and ready' })
    return
  }
  if (answer.fields['competing'] === true) {
    report.add({
      check: CHECK,
      level: options.brokerage ? 'problem' : 'warning',
      message: 'another sign-in of this user holds the brokerage session',
      remedy: OTHER_PLATFORM,
    })
    return
  }
  if (options.brokerage) {
    await open(report, options)
    return
  }
  const isOpening = answer.fields['authenticated'] === true
  report.add({
    check: CHECK,
    level: 'note',
    message: isOpening
      ? 'the brokerage session is not established yet'
      : 'no brokerage session is open: /portfolio works, /iserver answers 400 "no bridge"',
    remedy: isOpening
      ? 'wait some seconds, and look again.'
      : 'POST /iserver/auth/ssodh/init opens one; isoauth doctor --brokerage tries it, without competing.',
  })
}

async function open(report: Report, options: SessionOptions): Promise<void> {
  const init = await ask(options, '/iserver/auth/ssodh/init', { publish: true, compete: false })
  if (refused(report, init)) return
  const end = performance.now() + ESTABLISHED_WITHIN_MS
  let { fields } = init
  while (!isReady(fields) && fields['competing'] !== true && performance.now() < end) {
    await sleep(POLL_MS, undefined, { signal: options.signal })
    const next = await ask(options, '/iserver/auth/status')
    if (refused(report, next)) return
    fields = next.fields
  }
  if (isReady(fields)) {
    report.add({
      check: CHECK,
      level: 'ok',
      message:
        'a brokerage session was opened and is ready; it ends after minutes without requests',
    })
    return
  }
  const isCompeting = fields['competing'] === true
  report.add({
    check: CHECK,
    level: 'problem',
    message: isCompeting
      ? 'no brokerage session: another sign-in of this user holds it'
      : 'the brokerage session was asked for and did not become ready within 10 s',
    remedy: isCompeting
      ? OTHER_PLATFORM
      : 'try again in a minute; around the nightly reset, after it.',
  })
}

/** Adds what a status other than 200 means; true where it was one. */
function refused(report: Report, { status, fields }: Answer): boolean {
  if (status === 200) return false
  const { level, message, remedy } = meaningOf(status, String(fields['error'] ?? ''))
  report.add({ check: CHECK, level, message, remedy })
  return true
}

function meaningOf(
  status: number,
  error: string,
): {
  readonly level: 'note' | 'warning' | 'problem'
  readonly message: string
  readonly remedy: string
} {
  if (status === 400 && /no bridge/i.test(error)) {
    return {
      level: 'note',
      message: 'no brokerage session is open (400 "no bridge")',
      remedy: 'isoauth doctor --brokerage opens one, without competing.',
    }
  }
  if (status === 401) {
    return {
      level: 'problem',
      message: 'the service refused a signed request (401) right after signing in',
      remedy:
        'another program may sign in with the same token, which ends this one: share the token between them.',
    }
  }
  if (status === 410) {
    return {
      level: 'problem',
      message: 'the session is gone (410): stale, or the paper account is not set up yet',
      remedy: 'try again in a minute; for a new paper account, tomorrow.',
    }
  }
  if (status === 500 && /dh token/i.test(error)) {
    return {
      level: 'problem',
      message: 'the service would not open a session (500 "failed to generate sso dh token")',
      remedy:
        'the account is not enabled for it: it must be IBKR Pro, funded, and allowed to use OAuth.',
    }
  }
  if (status >= 500 || status === 429) {
    return {
      level: 'warning',
      message: `the service has no answer now (${status}): maintenance, reset, or too many requests`,
      remedy: 'wait some minutes.',
    }
  }
  return {
    level: 'problem',
    message: `the service answered ${status}`,
    remedy: 'check baseUrl, and what stands between.',
  }
}

function isReady(fields: Fields): boolean {
  const { authenticated, connected, established, competing } = fields
  // Older answers have no `established`.
  return authenticated === true && connected === true && established !== false && competing !== true
}

async function ask(
  { fetch, signal }: SessionOptions,
  path: string,
  body?: object,
): Promise<Answer> {
  const response = await fetch(path, {
    method: 'POST',
    signal,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  const text = await response.text()
  try {
    return { status: response.status, fields: object(JSON.parse(text)) ?? {} }
  } catch {
    return { status: response.status, fields: { error: text.slice(0, 200) } }
  }
}
