/** Requests of the page to its own origin. */

/** A refusal of the edge, in its own words. */
export class Refused extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export interface SessionState {
  readonly signIn: 'identity-token' | 'development'
  readonly session: {
    readonly subject: string
    readonly name: string
    readonly expiresAtMs: number
  } | null
}

/** What a call of the broker's API took, in milliseconds. */
export interface Timing {
  readonly status: number
  readonly browserMs: number
  readonly brokerMs: number | undefined
  /** How many handshakes the isolate that answered made so far; undefined where it does not say. */
  readonly isolate: { readonly name: string; readonly handshakes: number } | undefined
}

export interface Account {
  readonly accountId: string
  readonly displayName?: string
  readonly currency?: string
}

/** Asks for, begins (`POST`, with the body's code) or ends (`DELETE`) the session. */
export async function session(method = 'GET', body?: unknown): Promise<SessionState> {
  const response = await fetch('/session', {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  return (await unlessRefused(response)) as SessionState
}

export async function accounts(): Promise<{ accounts: readonly Account[]; timing: Timing }> {
  const began = performance.now()
  const response = await fetch('/api/portfolio/accounts')
  const list = await unlessRefused(response)
  if (!isAccounts(list)) {
    const message = `The broker answered ${response.status}, and no list of accounts: it may be down for maintenance. Call again later.`
    throw new Refused('ANSWER_UNEXPECTED', message)
  }
  const timing = {
    status: response.status,
    browserMs: performance.now() - began,
    ...readTiming(response.headers.get('server-timing') ?? ''),
  }
  return { accounts: list, timing }
}

async function unlessRefused(response: Response): Promise<unknown> {
  const value: unknown = await response.json().catch(() => undefined)
  if (response.ok) return value
  const { error } = Object(value) as { error?: { code?: string; message?: string } | string }
  const { code, message } = Object(error) as { code?: string; message?: string }
  // Errors of the broker are a text.
  const words = typeof error === 'string' ? `: ${error}` : '.'
  const answered = `Answered ${response.status}${words}`
  throw new Refused(code ?? `HTTP_${response.status}`, message ?? answered)
}

/** Whether it is a list of accounts: proxies of the broker answer 200 with a page of theirs too. */
function isAccounts(value: unknown): value is readonly Account[] {
  return Array.isArray(value) && value.every((one) => typeof Object(one).accountId === 'string')
}

function readTiming(header: string): Pick<Timing, 'brokerMs' | 'isolate'> {
  const duration = /broker;dur=([\d.]+)/.exec(header)?.[1]
  const [, handshakes, name] = /handshakes;desc="(\d+)", isolate;desc="(\w+)"/.exec(header) ?? []
  return {
    brokerMs: duration === undefined ? undefined : Number(duration),
    isolate: name === undefined ? undefined : { name, handshakes: Number(handshakes) },
  }
}
