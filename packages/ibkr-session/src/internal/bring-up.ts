/**
 * Opening a brokerage session, step by step: ask the status, initialise, wait until it is ready, ask for the
 * accounts, suppress questions, tickle.
 */
import type { PlatformAbortSignal } from '@isoauth/core-client'
import { hasCode } from '@isoauth/core-crypto'
import { newError } from './errors.ts'
import { pause } from './pause.ts'
import type { SessionCalls } from './session-calls.ts'
import { NO_SESSION, type SessionStatus } from './session-status.ts'
import type { Intent } from './settings.ts'

/** What an opening is made of. */
export interface BringUp {
  readonly calls: SessionCalls
  readonly intent: Intent
  /** Message ids to suppress. */
  readonly suppress: readonly string[]
  readonly signal: PlatformAbortSignal
  /** Told what the broker said first, from where on the connection's token is a good one; and that it was wrong. */
  readonly onAsked: (before: SessionStatus) => void
}

/** Waits between questions whether the session is ready, in milliseconds; the last one repeats. */
const READY_WAITS_MS = [500, 1000, 1500, 2000, 3000] as const

/**
 * Opens the session, unless it is ready as it is.
 *
 * @returns what the broker says of the session, which is ready
 * @throws {@link IbkrSessionError} `…_REFUSED` with what the broker said, `…_COMPETING`, `…_NOT_ELIGIBLE`,
 *   `…_GONE`, and what calls throw; the signal's reason when it aborts
 *
 * Source: the broker's Web API documentation, "Brokerage session"; its samples.
 */
export async function bringUp(about: BringUp): Promise<SessionStatus> {
  const { calls, suppress, signal, onAsked } = about
  const before = await calls.status(signal, NO_SESSION)
  onAsked(before)
  const status = before.isReady ? before : await untilReady(about, await initialise(about))
  await untilAccounts(about, before.isReady)
  await calls.suppress(suppress, signal)
  await calls.tickle(signal)
  return status
}

async function initialise({ calls, intent, signal }: BringUp): Promise<SessionStatus> {
  const status = await calls.initialise(intent, signal)
  // Not every answer to init has the flags; the status has.
  return status ?? (await calls.status(signal, NO_SESSION))
}

/** Waits until the session is ready; what the broker refuses or explains is told and not polled away. */
async function untilReady(
  { calls, intent, signal }: BringUp,
  first: SessionStatus,
): Promise<SessionStatus> {
  let status = first
  for (let attempt = 0; !status.isReady; attempt++) {
    refuseRefusal(status, intent)
    await pause(waitMs(attempt), signal)
    status = await calls.status(signal, NO_SESSION)
  }
  return status
}

function refuseRefusal(status: SessionStatus, { compete }: Intent): void {
  const { authenticated, competing, fail, message } = status
  if (!authenticated && competing && !compete) {
    const said = fail ?? message
    throw newError(
      'COMPETING',
      `Another platform (TWS, the phone app, the portal) holds the session of this user name, and compete is false: sign out there, or open with compete: true, which ends theirs.${said === undefined ? '' : ` The broker says: ${said}`}`,
      { detail: said },
    )
  }
  const said = fail ?? (authenticated ? undefined : message)
  if (said === undefined) return
  throw newError('REFUSED', `The broker did not open the session. It says: ${said}`, {
    status: 200,
    detail: said,
  })
}

/**
 * Asks for the accounts until there is a list: before it, most calls below `/iserver` fail.
 *
 * @param isFound - true of a session that the status called ready, so that none was initialised
 */
async function untilAccounts(about: BringUp, isFound: boolean): Promise<void> {
  const { calls, signal, onAsked } = about
  for (let attempt = 0; ; attempt++) {
    try {
      if (await calls.hasAccounts(signal)) return
    } catch (error) {
      signal.throwIfAborted()
      const { status } = Object(error) as { readonly status?: unknown }
      const isMissing = hasCode(error, 'IBKR_SESSION_NO_BRIDGE')
      // Seen for a moment after an opening: "no bridge", and a 500 that asks for the accounts.
      if (!isMissing && status !== 500) throw error
      if (isMissing && isFound && attempt === 2) {
        // It is none, whatever the status says.
        onAsked({ ...NO_SESSION, authenticated: true })
        await untilReady(about, await initialise(about))
      }
    }
    await pause(waitMs(attempt), signal)
  }
}

function waitMs(attempt: number): number {
  return READY_WAITS_MS[attempt] ?? 3000
}
