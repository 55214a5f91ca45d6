/**
 * What outlives a restart of a sandbox: its credentials, who is registered, tokens, sessions and logins of the sign-in
 * services, and what was used up. The broker's side (brokerage sessions, orders, sockets) ends, as does a broker's own.
 */
import type { Core } from '../core.ts'
import type { SandboxCredentials } from '../credentials.ts'
import type { Consumer } from '../ibkr-oauth1/consumer.ts'
import type { Provisioned } from '../provision.ts'
import type { UltraCartExtras } from '../ultracart/credentials.ts'
import { fromPlain, toPlain } from './plain.ts'

/** As JSON has it. */
export interface SandboxState {
  readonly credentials: SandboxCredentials
  readonly thirdPartyKey: string
  readonly ultracart: UltraCartExtras
  /** The maps of `core.kept`, by their names. */
  readonly kept: unknown
}

export function stateOf({ credentials, thirdParty, ultracart, kept }: Core): SandboxState {
  const { consumerKey: thirdPartyKey } = thirdParty
  return { credentials, thirdPartyKey, ultracart: ultracart.extras, kept: toPlain(kept) }
}

/** Names that were made at random, as they were before. */
export function reprovision(
  provisioned: Provisioned,
  { thirdPartyKey, ultracart: extras }: SandboxState,
): Provisioned {
  const { oauth1, ultracart } = provisioned
  return {
    ...provisioned,
    oauth1: { ...oauth1, thirdPartyKey },
    ultracart: { ...ultracart, extras },
  }
}

/** Puts back what was kept, into a core that has handled nothing yet. */
export async function restore(core: Core, { kept }: SandboxState): Promise<void> {
  const maps = (await fromPlain(kept)) as Readonly<Record<string, Map<string, unknown>>>
  for (const [name, map] of Object.entries(core.kept)) {
    for (const [key, value] of maps[name] ?? []) {
      if (name === 'consumers' && map.has(key)) {
        // Its own consumers follow the origin, which may be another one now.
        const { nonces } = value as Consumer
        for (const [nonce, until] of nonces) (map.get(key) as Consumer).nonces.set(nonce, until)
      } else map.set(key, value)
    }
  }
  core.ultracart.relink()
}
