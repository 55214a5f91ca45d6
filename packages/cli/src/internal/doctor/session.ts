/** The brokerage session: read, and opened where that was asked for; nobody is ever thrown out. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fields, object } from '../config/fields.ts'
import type { Report } from './findings.ts'
import type { ServiceCheck } from './service.ts'

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

export interface SessionOptions extends Pick<ServiceCheck, 'signal' | 'brokerage' | 'configFlags'> {
  readonly fetch: TradingFetch
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
  const answer = await askStatus(options)
  const hasNoBridge = isNoBridge(answer)
  if (!hasNoBridge && refused(report, answer, options)) return
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
  const said = reasonIn(answer.fields)
  const isOpening = answer.fields['authenticated'] === true
  report.add({
    check: CHECK,
    level: said === undefined ? 'note' : 'warning',
    message:
      said !== undefined
        ? `no brokerage session is open; the service says: ${said}`
        : isOpening
          ? 'the brokerage session is not established yet'
          : 'no brokerage session is open: /portfolio works, /iserver answers 400 "no bridge"',
    remedy: isOpening
      ? 'wait some seconds, and look again.'
      : `"isoauth session watch${options.configFlags}" opens one and keeps it; "isoauth doctor --brokerage${options.configFlags}" tries it, without competing.`,
  })
}

async function open(report: Report, options: SessionOptions): Promise<void> {
  const body = { publish: true, compete: false }
  const init = await ask(options, { method: 'POST', path: '/iserver/auth/ssodh/init', body })
  if (refused(report, init, options)) return
  const end = performance.now() + ESTABLISHED_WITHIN_MS
  let { fields } = init
  while (isStillOpening(fields) && performance.now() < end) {
    await sleep(POLL_MS, undefined, { signal: options.signal })
    const next = await askStatus(options)
    // The bridge may be missing for a moment after it was asked for.
    if (isNoBridge(next)) continue
    if (refused(report, next, options)) return
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
  report.add({ check: CHECK, level: 'problem', ...whyNotOpen(fields) })
}

function isStillOpening(fields: Fields): boolean {
  return !isReady(fields) && fields['competing'] !== true && reasonIn(fields) === undefined
}

function whyNotOpen(fields: Fields): { readonly message: string; readonly remedy: string } {
  if (fields['competing'] === true) {
    return {
      message: 'no brokerage session: another sign-in of this user holds it',
      remedy: OTHER_PLATFORM,
    }
  }
  const said = reasonIn(fields)
  if (said !== undefined) {
    return {
      message: `the service refuses to open a brokerage session; it says: ${said}`,
      remedy:
        'do what it says. Where that is unclear, log in to the portal with the same user name once: it shows agreements and notices that wait.',
    }
  }
  return {
    message: 'the brokerage session was asked for and did not become ready within 10 s',
    remedy: 'try again in a minute; around the nightly reset, after it.',
  }
}

/** What a 200 gives as its reason, cleaned: it may quote what was sent. */
function reasonIn(fields: Fields): string | undefined {
  const texts = ['fail', 'message', 'error'].map((name) => fields[name])
  const text = texts.find((value) => typeof value === 'string' && value.trim() !== '')
  return text === undefined ? undefined : cleaned(text as string)
}

/** Short, printable, and without anything that looks like a token. */
function cleaned(text: string): string {
  return text
    .slice(0, 200)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/[\w+/=.~%-]{12,}/g, (word) => (/\d/.test(word) ? '[hidden]' : word))
    .trim()
}

function isNoBridge({ status, fields }: Answer): boolean {
  return status === 400 && /no bridge/i.test(String(fields['error'] ?? ''))
}

/** Adds what a status other than 200 means; true where it was one. */
function refused(
  report: Report,
  { status, fields }: Answer,
  { brokerage }: SessionOptions,
): boolean {
  if (status === 200) return false
  const { level, ...meaning } = meaningOf(status, String(fields['error'] ?? ''))
  // Who asked for a session and has none is not told that all is well.
  report.add({ check: CHECK, level: brokerage ? 'problem' : level, ...meaning })
  return true
}

interface Meaning {
  readonly level: 'warning' | 'problem'
  readonly message: string
  readonly remedy: string
}

function meaningOf(status: number, error: string): Meaning {
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
  if (status === 429) {
    return {
      level: 'warning',
      message: 'too many requests were sent (429): the service holds this address back',
      remedy: 'send nothing for ten minutes; requests in the meantime prolong it.',
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
  if (status >= 500) {
    return {
      level: 'warning',
      message: `the service has no answer now (${status}): maintenance, or the nightly reset`,
      remedy: 'wait some minutes; after some night resets it takes hours.',
    }
  }
  const said = error.trim() === '' ? '' : `: ${cleaned(error)}`
  return {
    level: 'problem',
    message: `the service answered ${status}${said}`,
    remedy: 'check baseUrl, and what stands between.',
  }
}

/** By POST, as the documentation has it; by GET where that is taken for a bad request. */
async function askStatus(options: SessionOptions): Promise<Answer> {
  const path = '/iserver/auth/status'
  const answer = await ask(options, { method: 'POST', path })
  const isOtherMethod = [400, 404, 405].includes(answer.status) && !isNoBridge(answer)
  return isOtherMethod ? await ask(options, { method: 'GET', path }) : answer
}

function isReady(fields: Fields): boolean {
  const { authenticated, connected, established } = fields
  // Older answers have no `established`; `competing` may be told of a session that works.
  return authenticated === true && connected === true && established !== false
}

interface Question {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: object
}

async function ask(
  { fetch, signal }: SessionOptions,
  { method, path, body }: Question,
): Promise<Answer> {
  const response = await fetch(path, {
    method,
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
