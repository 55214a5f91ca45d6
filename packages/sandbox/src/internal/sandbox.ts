/** A sandbox as a `fetch` function, for tests and trials in any runtime. */

import { asyncDisposeSymbol, type DisposableMember } from './async-disposable.ts'
import type { SandboxCounts } from './counts.ts'
import type { SandboxCredentials } from './credentials.ts'
import type { FaultRule } from './faults.ts'
import { createHost, type Host } from './host.ts'
import type { BrokerEvent } from './ibkr-api/broker-events.ts'
import type { IbkrOAuth1ThirdPartyCredentials } from './ibkr-oauth1/credentials.ts'
import type { SandboxOrder, SandboxTrade } from './ibkr-orders/order-book.ts'
import type { SocketRecord } from './ibkr-stream/stream-record.ts'
import { readSettings, type SandboxOptions } from './options.ts'
import type { RespondOptions, SandboxAnswers } from './own-answers.ts'
import { type ApproveOptions, decideLogin } from './person.ts'
import type { RequestRecord } from './request-record.ts'
import { sandboxFetch } from './sandbox-fetch.ts'
import {
  openWebSocket,
  type SandboxWebSocket,
  type SandboxWebSocketInit,
} from './sandbox-web-socket.ts'
import type { UltraCartExtras } from './ultracart/credentials.ts'

/** The members of a {@link Sandbox}, `Symbol.asyncDispose` left out. */
export interface SandboxMembers {
  /** Where it answers, without a slash at its end. */
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
  /** The sandbox's clock, in milliseconds since 1970. Given to a client as `now`, both go by one clock. */
  readonly now: () => number
  /**
   * Moves the sandbox's clock ahead: tokens, codes and logins expire, pauses and states end, heartbeats are due. `reset`
   * moves it back.
   *
   * @param ms - milliseconds, a whole number from 0.
   * @throws SandboxError `SANDBOX_OPTION_INVALID`.
   */
  readonly advance: (ms: number) => void
  /**
   * Does what a person does who signs in and approves, on the consent page of OAuth 1.0a's third-party flow, on
   * UltraCart's login page, or with an SSO browser link.
   *
   * @param loginUrl - as the client gave it: `authorizeUrl(…)`, `loginUrl`, or the link.
   * @param options - who approves, at UltraCart.
   * @returns the callback URL that the browser is sent to, with `oauth_token` and `oauth_verifier`, or `code` and
   *   `state`; of a browser link, which leads nowhere else, the link.
   * @throws SandboxError (rejected) `SANDBOX_LOGIN_UNKNOWN`, `SANDBOX_LOGIN_EXPIRED`, `SANDBOX_LOGIN_USED`,
   *   `SANDBOX_OPTION_INVALID`.
   */
  readonly approve: (loginUrl: string | URL, options?: ApproveOptions) => Promise<URL>
  /**
   * The same for a person who refuses: the callback URL has `oauth_problem=user_refused`, or
   * `error=access_denied`.
   *
   * @throws SandboxError (rejected) as `approve`; `SANDBOX_OPTION_INVALID` for a browser link, which asks nothing.
   */
  readonly refuse: (loginUrl: string | URL) => Promise<URL>
  /**
   * Answers calls of your own, once their signature, bearer or key was found right: what is refused stays refused. A
   * later rule goes before an earlier one; the sandbox's own answers come last.
   *
   * @param path - such as `/portfolio/{accountId}/summary`: with or without the service's base, without a query; a
   *   name in braces stands for one segment.
   * @param answer - one answer, a function of the call, or an array of both, taken in turn, the last one again and
   *   again.
   * @param options - for one method alone, and how many calls.
   * @returns a function that takes the rule back.
   * @throws SandboxError `SANDBOX_OPTION_INVALID`.
   */
  readonly respond: (path: string, answer: SandboxAnswers, options?: RespondOptions) => () => void
  /**
   * Begins anew, with the same credentials: no tokens, sessions, orders, records, counts, faults or rules of
   * `respond`; sockets are closed, and the clock is where it was.
   */
  readonly reset: () => void
  /** Every request with what was checked and why it was refused, oldest first. */
  readonly requests: readonly RequestRecord[]
  /** How often what was asked for. */
  readonly counts: Readonly<SandboxCounts>
  /** Makes something go wrong; see {@link FaultRule}. */
  readonly fault: (rule: FaultRule) => void
  /** Takes back the faults that have not been played. */
  readonly clearFaults: () => void
}

/** A sandbox; `await using` resets it at the end of a block, which ends its sockets. */
export type Sandbox = SandboxMembers & DisposableMember

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
 * Creates a sandbox for OAuth 1.0a, OAuth 2.0, SSO sessions and the UltraCart single sign-on, in process. Ready within
 * 50 ms: its credentials are made of test keys that are published with this package, unless `credentials` says
 * otherwise.
 *
 * @param options every one of them may be left out. See {@link SandboxOptions} for their defaults.
 * @returns the sandbox; its `fetch` can be given to any client as transport.
 * @throws SandboxError `SANDBOX_OPTION_INVALID` with the `option` meant; `SANDBOX_ORIGIN_PUBLIC`
 *   when the origin is not on loopback.
 *
 * @example
 * ```ts
 * const sandbox = await createSandbox()
 * await sandbox.fetch(`${sandbox.origin}/v1/api/portfolio/accounts`) // 401, see sandbox.requests
 * ```
 *
 * Keys, tokens and secrets guard nothing: everybody has the prepared ones. Never use them for anything real.
 *
 * *Source*: RFC 5849, RFC 6749, RFC 7523; IBKR Web API documentation, "OAuth 1.0a Extended" and
 * "OAuth 2.0"; UltraCart REST API, version 2, "sso".
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return publish(await createHost(readSettings(options)))
}

/** @internal */
export function publish(host: Host): Sandbox {
  const { credentials, thirdParty, ultracart, settings } = host.core
  const members: SandboxMembers = {
    origin: settings.origin,
    fetch: (input, init) => sandboxFetch(host.core, input, init),
    webSocket: (url, init) => openWebSocket(host.core, url, init),
    broker: publishBroker(host),
    ...{ credentials, thirdParty, ultracart: ultracart.extras },
    now: host.now,
    advance: (ms) => host.advance(ms),
    approve: async (loginUrl, options) => decide(host, 'approve', { loginUrl, options }),
    refuse: async (loginUrl) => decide(host, 'refuse', { loginUrl }),
    respond: (path, answer, options) => host.core.ownAnswers.add(path, answer, options),
    reset: () => host.reset(),
    get requests() {
      return host.core.records
    },
    get counts() {
      return host.core.counts
    },
    fault: (rule) => host.core.faults.add(rule),
    clearFaults: () => host.core.faults.clear(),
  }
  return Object.defineProperty(members, asyncDisposeSymbol(), {
    value: async () => host.reset(),
  }) as Sandbox
}

function decide(
  { core, now }: Host,
  decision: 'approve' | 'refuse',
  login: { readonly loginUrl: string | URL; readonly options?: ApproveOptions | undefined },
): URL {
  const { origin, signedOrigins: origins } = core.settings
  return decideLogin({ ...core.people, origin, origins, now: now() }, decision, login)
}

function publishBroker(host: Host): SandboxBroker {
  return {
    play: (event) => host.core.broker.play(event),
    run: () => host.core.broker.run(),
    clear: () => host.core.broker.clear(),
    get orders() {
      return host.core.broker.book.orders
    },
    get trades() {
      return host.core.broker.book.trades
    },
    get sockets() {
      return host.core.broker.stream.look()
    },
  }
}
