/**
 * The broker's session endpoints, one function each.
 */

import type { PlatformAbortSignal } from '@isoauth/core-client'
import { hasCode } from '@isoauth/core-crypto'
import type { Broker } from './broker-call.ts'
import { newError } from './errors.ts'
import { judge } from './failure.ts'
import { pause } from './pause.ts'
import { type Loss, lossOf, NO_SESSION, readStatus, type SessionStatus } from './session-status.ts'
import { type Intent, SUPPRESS_LIMIT } from './settings.ts'

/** What a tickle told. */
export interface Tickle {
  /** The state of the brokerage session; undefined where the answer has none. */
  readonly status: SessionStatus | undefined
  /** How long the sign-in lasts without another tickle, in milliseconds, where the broker says so. */
  readonly ssoExpiresInMs: number | undefined
}

/** What a look at the session found. */
export interface Look {
  /** Undefined where the broker said by a refusal alone that there is none. */
  readonly status?: SessionStatus | undefined
  /** Why it is gone; undefined where it is there. */
  readonly loss?: Loss | undefined
  /** The refusal that told it. */
  readonly refusal?: unknown
}

/** What `sso/validate` told. */
export interface Validation {
  /** True where the sign-in is valid. */
  readonly isValid: boolean
  /** How long it lasts without another call, in milliseconds. */
  readonly expiresInMs: number | undefined
  /** When it began and when it was used last, in milliseconds since 1970 on the broker's clock. */
  readonly authenticatedAtMs: number | undefined
  readonly lastAccessedAtMs: number | undefined
  readonly loginType: 'live' | 'paper' | undefined
}

/** The calls of a session. */
export interface SessionCalls {
  /** `POST /iserver/auth/ssodh/init`: opens the session. 200 alone proves nothing: read what it says. */
  initialise(intent: Intent, signal: PlatformAbortSignal): Promise<SessionStatus | undefined>
  /**
   * `POST /iserver/auth/status`, or GET where the one that worked last is answered by 400 or 405.
   *
   * @param unsaid - what an answer that says nothing counts as; it is refused where that is left out
   */
  status(signal?: PlatformAbortSignal | undefined, unsaid?: SessionStatus): Promise<SessionStatus>
  /** `POST /tickle`. The session's id is kept for sockets and goes nowhere else. */
  tickle(signal?: PlatformAbortSignal | undefined): Promise<Tickle>
  /**
   * A tickle, and the status where that says too little: whether there is a session, in whatever words or status the
   * broker says that there is none.
   *
   * @throws what says nothing of it: no answer, 5xx, 429, a refusal beside a session that is there
   */
  look(signal: PlatformAbortSignal): Promise<Look>
  /** `GET /iserver/accounts`: true once there is a list. */
  hasAccounts(signal: PlatformAbortSignal): Promise<boolean>
  /** `POST /iserver/questions/suppress`, in as many calls as the list needs. */
  suppress(ids: readonly string[], signal: PlatformAbortSignal): Promise<void>
  /** `GET /sso/validate`: at most once a minute. */
  validate(signal?: PlatformAbortSignal | undefined): Promise<Validation>
  /** `POST /logout`: ends the session of the user name, for everyone who shares it. */
  logout(signal?: PlatformAbortSignal | undefined): Promise<void>
  /** What a socket is bound with, and when a tickle told it, in milliseconds since 1970. */
  toldSession(): { readonly id: string; readonly atMs: number } | undefined
}

/** The broker takes one tickle a second for each user name. */
const TICKLE_SPACING_MS = 1000
/** No tickle waits longer for the one before it: a clock that was set back looks like it, in milliseconds. */
const SPACING_LIMIT_MS = 10_000

/** The session endpoints over a way to the broker. */
export function createSessionCalls(broker: Broker, now: () => number): SessionCalls {
  const { call, secrets, hide } = broker
  let told: { readonly id: string; readonly atMs: number } | undefined
  /** How many tickles were sent, and which of them told the id. */
  let tickles = 0
  let toldBy = 0
  let statusMethod: 'GET' | 'POST' = 'POST'
  /** When the last tickle was sent, and when those are to be that wait. */
  let tickledAtMs = Number.NEGATIVE_INFINITY
  const turns = new Set<{ readonly atMs: number }>()

  async function status(
    signal: PlatformAbortSignal | undefined,
    unsaid?: SessionStatus,
    isOther = false,
  ): Promise<SessionStatus> {
    try {
      const path = '/iserver/auth/status'
      const fields = await call({ method: statusMethod, path, signal })
      const said = readStatus(fields, secrets()) ?? unsaid
      if (said) return said
      const message =
        'The answer does not say whether the session is authenticated: the broker may be in its nightly reset or under maintenance; try again later.'
      throw newError('RESPONSE_INVALID', message)
    } catch (error) {
      const { status: answered } = Object(error) as { readonly status?: unknown }
      const isRefused = hasCode(error, 'IBKR_SESSION_REFUSED')
      if (isRefused && !isOther && (answered === 400 || answered === 405)) {
        // Some of the broker's machines take the one, some the other.
        statusMethod = statusMethod === 'POST' ? 'GET' : 'POST'
        return await status(signal, unsaid, true)
      }
      if (hasCode(error, 'IBKR_SESSION_NO_BRIDGE')) return NO_SESSION
      throw error
    }
  }

  async function tickle(signal?: PlatformAbortSignal): Promise<Tickle> {
    signal?.throwIfAborted()
    // One that finds the session gone is followed by that of the opening.
    const nextMs = tickledAtMs + TICKLE_SPACING_MS
    let atMs = nextMs - now() > SPACING_LIMIT_MS ? now() : Math.max(nextMs, now())
    // The first free place among those that wait.
    for (const taken of [...turns].map((turn) => turn.atMs).sort((a, b) => a - b)) {
      if (Math.abs(taken - atMs) < TICKLE_SPACING_MS) atMs = taken + TICKLE_SPACING_MS
    }
    const waitMs = atMs - now()
    const turn = { atMs }
    turns.add(turn)
    try {
      if (waitMs > 0) await pause(waitMs, signal)
      tickledAtMs = turn.atMs
    } finally {
      // One that is not sent delays no other.
      turns.delete(turn)
    }
    tickles++
    const count = tickles
    const { session, ssoExpires, iserver } = await call({
      method: 'POST',
      path: '/tickle',
      signal,
    })
    // One that fits no cookie is none.
    if (typeof session === 'string' && /^(?!0*$)[!-:<-~]+$/.test(session)) {
      // Not where a later tickle was answered before.
      if (count > toldBy) {
        toldBy = count
        told = { id: session, atMs: now() }
      }
      hide(session)
    }
    const { authStatus } = Object(iserver) as { readonly authStatus?: unknown }
    return { status: readStatus(authStatus, secrets()), ssoExpiresInMs: numberOf(ssoExpires) }
  }

  return {
    status,
    tickle,
    async look(signal) {
      try {
        const { status: said = await status(signal) } = await tickle(signal)
        return { status: said, loss: said.authenticated ? undefined : lossOf(said) }
      } catch (refusal) {
        const failure = judge(refusal, now())
        if (failure.kind === 'lost') return { loss: { reason: failure.reason }, refusal }
        // A tickle that is refused for a reason that is not known may be so since there is no session; the status tells.
        const asked = failure.reason === 'refused' ? status(signal) : undefined
        const said = await asked?.catch(() => {})
        if (!said || said.authenticated) throw refusal
        return { loss: lossOf(said), refusal }
      }
    },
    async initialise({ compete, publish }, signal) {
      const path = '/iserver/auth/ssodh/init'
      const fields = await call({ method: 'POST', path, body: { publish, compete }, signal })
      return readStatus(fields, secrets())
    },
    async hasAccounts(signal) {
      const { accounts } = await call({ method: 'GET', path: '/iserver/accounts', signal })
      return Array.isArray(accounts)
    },
    async suppress(ids, signal) {
      for (let at = 0; at < ids.length; at += SUPPRESS_LIMIT) {
        const messageIds = ids.slice(at, at + SUPPRESS_LIMIT)
        const path = '/iserver/questions/suppress'
        await call({ method: 'POST', path, body: { messageIds }, signal })
      }
    },
    async validate(signal) {
      const fields = await call({ method: 'GET', path: '/sso/validate', signal })
      const type = fields['LOGIN_TYPE'] ?? fields['loginType']
      return {
        isValid: fields['RESULT'] === true,
        expiresInMs: numberOf(fields['EXPIRES']),
        authenticatedAtMs: numberOf(fields['AUTH_TIME']),
        lastAccessedAtMs: numberOf(fields['lastAccessed']),
        loginType: LOGIN_TYPES[numberOf(type) ?? 0],
      }
    },
    async logout(signal) {
      const path = '/logout'
      await call({ method: 'POST', path, signal, mayBeEmpty: true }).catch((error: unknown) => {
        // The broker's words for a session that was over already.
        if (judge(error, now()).kind !== 'lost') throw error
      })
    },
    toldSession: () => told,
  }
}

const LOGIN_TYPES: Readonly<Record<number, 'live' | 'paper'>> = { 1: 'live', 2: 'paper' }

/** A number, which some of the broker's answers write as text. */
function numberOf(value: unknown): number | undefined {
  const isDigits = typeof value === 'string' && /^\d{1,15}$/.test(value)
  const number = isDigits ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
