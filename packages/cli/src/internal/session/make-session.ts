/** The session of a command: signed in as its configuration says, and not yet opened. */
import {
  type BrokerageSession,
  type BrokerageSessionEvent,
  createBrokerageSession,
} from '@isoauth/ibkr-session'
import type { ConfigOption } from '../commands/options.ts'
import type { SESSION_SERVICES } from '../commands/session-options.ts'
import { configOf } from '../config/choose-config.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { Context } from '../context.ts'
import { configInvalid } from '../errors.ts'
import { FAILED } from '../exit-status.ts'
import { watchHost } from '../network.ts'
import { connect } from '../request/services.ts'
import { tokenCacheFor } from '../request/token-cache.ts'
import { EVENT_TYPES } from './words.ts'

export type SessionService = (typeof SESSION_SERVICES)[number]

/** What tells how to sign in. */
export interface SignInOptions extends ConfigOption {
  readonly service?: SessionService
  /** `false` after --no-cache. */
  readonly cache?: boolean
}

/** They tell what is tried again, and nothing is before a session was open once: its error tells the same then. */
const OF_TRYING_AGAIN: readonly BrokerageSessionEvent['type'][] = ['competing', 'waiting']

/** Tells the events of a session; the signal given is aborted when nothing more is tried, and the command has failed then. */
export function followSession(
  context: Context,
  session: BrokerageSession,
  tell: (event: BrokerageSessionEvent) => void,
): AbortSignal {
  const gone = new AbortController()
  let wasOpen = false
  for (const type of EVENT_TYPES) {
    session.on(type, (event: BrokerageSessionEvent) => {
      wasOpen ||= event.type === 'opened'
      if (wasOpen || !OF_TRYING_AGAIN.includes(event.type)) tell(event)
      if (event.type !== 'given-up') return
      context.status = FAILED
      gone.abort()
    })
  }
  return gone.signal
}

/** The service that is named, or the one that the configuration has. */
export async function signInFor(
  context: Context,
  options: SignInOptions,
): Promise<{ readonly config: LoadedConfig; readonly service: SessionService }> {
  const config = await configOf(context, options)
  return { config, service: options.service ?? serviceOf(config) }
}

/** Makes the session; it signs in with its first call. */
export async function makeSession(
  context: Context,
  { config, service }: { readonly config: LoadedConfig; readonly service: SessionService },
  options: SignInOptions,
): Promise<BrokerageSession> {
  const { io } = context
  const { signal, now } = io
  const connection = await connect(config, service, {
    fetch: watchHost(globalThis.fetch, context.hosts),
    now,
    signal,
    timeoutMs: undefined,
    cache: await tokenCacheFor(config, options, io),
    onCacheFailed: () => {},
  })
  return createBrokerageSession({ connection, now })
}

/** The service that a configuration signs in to the trading API with. */
function serviceOf({ sections }: LoadedConfig): SessionService {
  if (sections['ibkr.oauth1'] !== undefined) return 'ibkr-oauth1'
  if (sections['ibkr.oauth2'] !== undefined) return 'ibkr-sso'
  throw configInvalid('The configuration has neither ibkr.oauth1 nor ibkr.oauth2.')
}
