/** A sandbox as a `fetch` function, for tests and trials in any runtime. */

import { type Core, createCore } from './core.ts'
import type { SandboxCounts } from './counts.ts'
import type { SandboxCredentials } from './credentials.ts'
import type { FaultRule } from './faults.ts'
import type { IbkrOAuth1ThirdPartyCredentials } from './ibkr-oauth1/credentials.ts'
import { readSettings, type SandboxOptions } from './options.ts'
import type { RequestRecord } from './request-record.ts'
import { sandboxFetch } from './sandbox-fetch.ts'
import type { UltraCartExtras } from './ultracart/credentials.ts'

export interface Sandbox {
  readonly origin: string
  /** Answers like `globalThis.fetch` would, for the sandbox's origins only. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
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
    credentials: core.credentials,
    thirdParty: core.thirdParty,
    ultracart: core.ultracart.extras,
    requests: core.records,
    counts: core.counts,
    fault: (rule) => core.faults.add(rule),
    clearFaults: () => core.faults.clear(),
  }
}
