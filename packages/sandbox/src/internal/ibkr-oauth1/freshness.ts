/** Timestamps within the window, and nonces that are used once (RFC 5849 section 3.3). */

import { type Call, check } from '../call.ts'
import { tracedError } from '../ibkr-api/answers.ts'
import type { Consumer } from './consumer.ts'

/** How far a timestamp may lie from the sandbox's clock, either way, in seconds. */
const CLOCK_WINDOW_SECONDS = 120

const NONCES_PER_CONSUMER = 1_000_000

export function checkTimestamp(call: Call, timestamp: string, refuse: () => Response): void {
  check(call, /^[0-9]{10}$/.test(timestamp), {
    name: 'timestamp',
    detail: 'oauth_timestamp has to be whole seconds, 10 digits',
    refuse,
  })
  const seconds = Number(timestamp) - Math.floor(call.now / 1000)
  check(call, Math.abs(seconds) <= CLOCK_WINDOW_SECONDS, {
    name: 'clock',
    detail:
      `the client's clock is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead'}; ` +
      `${CLOCK_WINDOW_SECONDS} s are allowed`,
    refuse,
  })
}

export function checkNonce(
  call: Call,
  {
    consumer,
    nonce,
    refuse,
  }: {
    readonly consumer: Consumer
    readonly nonce: string
    readonly refuse: () => Response
  },
): void {
  check(call, /^[A-Za-z0-9\-._~]{1,128}$/.test(nonce), {
    name: 'nonce',
    detail: 'letters, digits and - . _ ~, 128 at most',
    refuse,
  })
  checkUnused(call, consumer, nonce)
}

/**
 * Keeps the nonce of a request whose signature held, until its timestamp could not be accepted any
 * more. Asks again, since two copies of a request may have been verified side by side.
 */
export function rememberNonce(call: Call, consumer: Consumer, nonce: string): void {
  checkUnused(call, consumer, nonce)
  const { nonces } = consumer
  for (const [old, forgetAt] of nonces) {
    if (forgetAt > call.now && nonces.size < NONCES_PER_CONSUMER) break
    nonces.delete(old)
  }
  nonces.set(nonce, call.now + 2 * CLOCK_WINDOW_SECONDS * 1000 + 1000)
}

function checkUnused(call: Call, consumer: Consumer, nonce: string): void {
  // What the broker says here is unknown; a client that reads the word can tell its user.
  const used = () => tracedError(call, 401, 'nonce already used')
  check(call, !consumer.nonces.has(nonce), {
    name: 'nonce',
    detail: 'it may not have been used before',
    refuse: used,
  })
}
