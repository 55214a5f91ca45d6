/** A sandbox as a `fetch` function, for tests and trials in any runtime. */

import { type Core, createCore } from './core.ts'
import type { SandboxCounts } from './counts.ts'
import type { SandboxCredentials } from './credentials.ts'
import type { FaultRule } from './faults.ts'
import type { Broker } from './ibkr-api/broker.ts'
import type { BrokerEvent } from './ibkr-api/broker-events.ts'
import type { IbkrOAuth1ThirdPartyCredentials } from './ibkr-oauth1/credentials.ts'
import type { SandboxOrder, SandboxTrade } from './ibkr-orders/order-book.ts'
import type { SocketRecord } from './ibkr-stream/stream-record.ts'
import { readSettings, type SandboxOptions } from './options.ts'
import type { RequestRecord } from './request-record.ts'
import { sandboxFetch } from './sandbox-fetch.ts'
import {
  openWebSocket,
  type SandboxWebSocket,
  type SandboxWebSocketInit,
} from './sandbox-web-socket.ts'
import type { UltraCartExtras } from './ultracart/credentials.ts'

export interface Sandbox {
  readonly origin: string
  /** Answers like `globalThis.fetch` would, for the sandbox's origins only. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /**
   * A WebSocket to the broker's stream, in process; like `new WebSocket(url)` with headers, for the
   * sandbox's origins only. See {@link SandboxWebSocket}.
   */
  readonly webSocket: (url: string | URL, init?: SandboxWebSocketInit) => SandboxWebSocket
  /** The broker's side of it: events on demand, and what came of them. */
  readonly broker: SandboxBroker
  /** The credentials file's content. */
  readonly credentials: SandboxCredentials
  /** A registered third-party consumer, for the flow with the consent page. */
  readonly thirdParty: IbkrOAuth1ThirdPartyCredentials
  /** Further UltraCart credentials, for what the simple key alone does not show. */
  readonly ultracart: UltraCartExtras
  /** Every request with what was checked and why it was refused, oldest first. */
  readonly requests: readonly RequestRecord[]
  readonly counts: Readonly<SandboxCounts>
  /** Makes something go wrong; see {@link FaultRule}. */
  readonly fault: (rule: FaultRule) => void
  /** Takes back the faults that have not been played. */
  readonly clearFaults: () => void
}

/** What happens at the broker, and what is there. */
export interface SandboxBroker {
  /** Makes something happen; see {@link BrokerEvent}. */
  readonly play: (event: BrokerEvent) => void
  /**
   * Does at once what is due by the sandbox's clock (heartbeats, ends of sockets). Needed only where a
   * test moves the clock by hand: it is done with each request and frame, and every second, too.
   */
  readonly run: () => void
  /** Takes back states, planned questions, stalls, and refusals of sockets. */
  readonly clear: () => void
  /** Every order in the book, oldest first. */
  readonly orders: readonly SandboxOrder[]
  /** Every execution, oldest first. */
  readonly trades: readonly SandboxTrade[]
  /** Every socket that was let in, oldest first. */
  readonly sockets: readonly SocketRecord[]
}

/**
 * Creates a sandbox with fresh credentials for OAuth 1.0a, OAuth 2.0, SSO sessions and the UltraCart
 * single sign-on.
 *
 * Asynchronous, since RSA keys are generated; `credentials` of an earlier sandbox save that.
 *
 * @param options `origin` is required: what clients use as their base, loopback unless
 *   `allowPublic`. See {@link SandboxOptions} for the rest and their defaults.
 * @returns the sandbox; its `fetch` can be given to any client as transport.
 * @throws SandboxError `SANDBOX_OPTION_INVALID` with the `option` meant; `SANDBOX_ORIGIN_PUBLIC`
 *   when the origin is not on loopback.
 *
 * @example
 * ```ts
 * const sandbox = await createSandbox({ origin: 'http://127.0.0.1:8787' })
 * await sandbox.fetch('http://127.0.0.1:8787/v1/api/portfolio/accounts') // 401, see sandbox.requests
 * ```
 *
 * Keys, tokens and secrets are made for this one run and guard nothing.
 *
 * *Source*: RFC 5849, RFC 6749, RFC 7523; IBKR Web API documentation, "OAuth 1.0a Extended" and
 * "OAuth 2.0"; UltraCart REST API, version 2, "sso".
 */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  return publish(await createCore(readSettings(options)))
}

/** @internal */
export function publish(core: Core): Sandbox {
  return {
    origin: core.settings.origin,
    fetch: (input, init) => sandboxFetch(core, input, init),
    webSocket: (url, init) => openWebSocket(core, url, init),
    broker: publishBroker(core.broker),
    credentials: core.credentials,
    thirdParty: core.thirdParty,
    ultracart: core.ultracart.extras,
    requests: core.records,
    counts: core.counts,
    fault: (rule) => core.faults.add(rule),
    clearFaults: () => core.faults.clear(),
  }
}

function publishBroker(broker: Broker): SandboxBroker {
  return {
    play: (event) => broker.play(event),
    run: () => broker.run(),
    clear: () => broker.clear(),
    get orders() {
      return broker.book.orders
    },
    get trades() {
      return broker.book.trades
    },
    get sockets() {
      return broker.stream.look()
    },
  }
}
