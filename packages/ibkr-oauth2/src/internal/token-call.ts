/**
 * The token call of a client: repeated where that may help, each time with a fresh assertion; the
 * clock repaired once from the answer's `Date`; held back once it is refused again and again.
 */
import { callService, type PlatformAbortSignal, type Repetition } from '@isoauth/core-client'
import { hasCode } from '@isoauth/core-crypto'
import type { IbkrOAuth2Event } from './events.ts'
import type { SendSettings, TokenSettings } from './settings.ts'
import {
  type AccessToken,
  CLOCK_LEEWAY_MS,
  type Exchange,
  prepareExchange,
  processExchange,
} from './token-exchange.ts'

/** What a token call needs. */
export interface TokenCallSettings extends TokenSettings, SendSettings {
  readonly emit: (event: IbkrOAuth2Event) => void
}

const REPETITION: Repetition = {
  limit: 2,
  isRepeatedAfter: (status) => [429, 502, 503, 504].includes(status),
  maxRetryAfterMs: 5000,
}
/** The same refusal so many times in a row is answered with itself for a while. */
const REFUSALS = 3
const HOLD_MS = 60_000

/** Makes the function that obtains an access token. */
export function createTokenCall(
  settings: TokenCallSettings,
): (signal: PlatformAbortSignal) => Promise<AccessToken> {
  const { clock, now, emit } = settings
  let refused: { readonly error: Error; readonly times: number; readonly atMs: number } | undefined

  // Each attempt has an assertion of its own, even within one second.
  let signedAt = 0
  let extraSeconds = 0

  return async (signal) => {
    if (refused !== undefined && refused.times >= REFUSALS && now() < refused.atMs + HOLD_MS) {
      throw refused.error
    }
    try {
      const token = await attempt(signal).catch(async (error: unknown) => {
        if (!hasCode(error, 'IBKR_OAUTH2_CLOCK_OFF')) throw error
        return await attempt(signal)
      })
      refused = undefined
      const granted = token.scope.split(' ')
      const missing = settings.scopes.filter((scope) => !granted.includes(scope))
      if (missing.length > 0) emit({ type: 'scope-reduced', granted: token.scope, missing })
      return token
    } catch (error) {
      if (isDefinite(error)) {
        const times = refused?.error.message === error.message ? refused.times + 1 : 1
        refused = { error, times, atMs: now() }
      }
      throw error
    }
  }

  async function attempt(signal: PlatformAbortSignal): Promise<AccessToken> {
    let exchange: Exchange | undefined
    const prepare = async () => {
      const second = Math.floor(clock.nowMs() / 1000)
      extraSeconds = second === signedAt ? extraSeconds + 1 : 0
      signedAt = second
      const prepared = await prepareExchange(settings, { extraSeconds })
      exchange = prepared.exchange
      return prepared.request
    }
    const call = { prepare, repetition: REPETITION }
    const answer = await callService(call, { ...settings, signal })
    try {
      return processExchange(answer, exchange as Exchange)
    } finally {
      // Others may answer from a cache, or with the clock of a machine between.
      const isOfServer = [200, 400, 401].includes(answer.status)
      const date = isOfServer ? answer.headers.get('date') : null
      const differenceMs = clock.repair(date, CLOCK_LEEWAY_MS)
      if (differenceMs !== undefined) emit({ type: 'clock-repaired', differenceMs })
    }
  }
}

function isDefinite(error: unknown): error is Error {
  return (
    hasCode(error, 'IBKR_OAUTH2_ASSERTION_REFUSED') ||
    hasCode(error, 'IBKR_OAUTH2_FORBIDDEN') ||
    hasCode(error, 'IBKR_OAUTH2_REFUSED')
  )
}
