/**
 * The token call of a client: repeated where that may help, each time with a fresh assertion; the
 * clock repaired once from the answer's `Date`.
 */
import type { FetchFunction, PlatformAbortSignal } from '@isoauth/core-client'
import { callService, type Repetition } from '@isoauth/core-client/transport'
import { hasCode } from '@isoauth/core-crypto'
import type { IbkrOAuth2Event } from './events.ts'
import type { TokenSettings } from './settings.ts'
import {
  type AccessToken,
  CLOCK_LEEWAY_MS,
  type Exchange,
  prepareExchange,
  processExchange,
} from './token-exchange.ts'

/** What a token call needs. */
export interface TokenCallSettings extends TokenSettings {
  readonly fetch: FetchFunction | undefined
  readonly timeoutMs: number
  readonly emit: (event: IbkrOAuth2Event) => void
}

const REPETITION: Repetition = {
  limit: 2,
  // A 429 is repeated only where the service says when.
  isRepeatedAfter: (status, retryAfterMs) =>
    [502, 503, 504].includes(status) || (status === 429 && retryAfterMs !== undefined),
  maxRetryAfterMs: 5000,
}
/** Makes the function that obtains an access token. */
export function createTokenCall(
  settings: TokenCallSettings,
): (signal: PlatformAbortSignal) => Promise<AccessToken> {
  const { clock, emit } = settings
  // Each attempt has an assertion of its own, even within one second.
  let signedAt = 0
  let extraSeconds = 0
  let isRepaired = false

  return async (signal) => {
    const token = await attempt(signal).catch(async (error: unknown) => {
      // A Date that is not believed changes nothing: the same again would be one login more.
      if (!hasCode(error, 'IBKR_OAUTH2_CLOCK_OFF') || !isRepaired) throw error
      return await attemptAfterRepair(signal)
    })
    const granted = token.scope.split(' ')
    const missing = settings.scopes.filter((scope) => !granted.includes(scope))
    if (missing.length > 0) emit({ type: 'scope-reduced', granted: token.scope, missing })
    return token
  }

  /** A time that did not help is not believed, and neither is the next one. */
  async function attemptAfterRepair(signal: PlatformAbortSignal): Promise<AccessToken> {
    try {
      return await attempt(signal, { isLast: true })
    } catch (error) {
      if (hasCode(error, 'IBKR_OAUTH2_CLOCK_OFF')) clock.undoRepair()
      throw error
    }
  }

  async function attempt(
    signal: PlatformAbortSignal,
    { isLast = false } = {},
  ): Promise<AccessToken> {
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
      const date = isOfServer && !isLast ? answer.headers.get('date') : null
      const differenceMs = clock.repair(date, CLOCK_LEEWAY_MS)
      isRepaired = differenceMs !== undefined
      if (differenceMs !== undefined) emit({ type: 'clock-repaired', differenceMs })
    }
  }
}
