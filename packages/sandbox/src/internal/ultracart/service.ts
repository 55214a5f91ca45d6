/** The UltraCart service put together: its applications, its routes, and what it does on arrival. */
import type { Hono } from 'hono'
import type { SandboxEnv } from '../call.ts'
import type { SandboxCounts } from '../counts.ts'
import type { Reset } from '../play-fault.ts'
import type { RequestRecord } from '../request-record.ts'
import { tooMany } from './answers.ts'
import type { Application, UltraCartContext } from './context.ts'
import { SIMPLE_KEY_HEADER } from './credential.ts'
import type { ProvisionedUltraCart, UltraCartCredentials, UltraCartExtras } from './credentials.ts'
import { createLoginDecisions, type LoginDecisions } from './login-decision.ts'
import type { UltraCartSettings } from './options.ts'
import { createInFlight } from './overlap.ts'
import { BASE_PATH, isUltraCartPath } from './paths.ts'
import { receivedHeaders } from './received.ts'
import { mountUltraCart } from './routes.ts'

export interface UltraCartServiceOptions {
  readonly origin: string
  readonly counts: SandboxCounts
  readonly ultracart: UltraCartSettings
  readonly provisioned: ProvisionedUltraCart
}

export interface UltraCartService {
  readonly credentials: UltraCartCredentials
  readonly extras: UltraCartExtras
  /** What outlives a restart. */
  readonly kept: Readonly<Record<string, Map<string, unknown>>>
  /** Gives what was put back its application again, which is told by identity. */
  readonly relink: () => void
  readonly mount: (app: Hono<SandboxEnv>) => void
  /** What a person decides on the login page. */
  readonly logins: LoginDecisions
  /** Notes and counts a request when it arrives, before any fault, and refuses overlapping ones. */
  readonly receive: (
    request: Request,
    record: RequestRecord,
    work: () => Promise<Response | Reset>,
  ) => Promise<Response | Reset>
}

export function createUltraCartService(options: UltraCartServiceOptions): UltraCartService {
  const { origin, counts, ultracart } = options
  const { credentials, extras } = options.provisioned
  const application: Application = { name: 'key of the application', standing: 'active' }
  const context: UltraCartContext = {
    origin,
    options: ultracart,
    counts,
    redirectUri: credentials.redirectUri,
    applications: new Map([
      [credentials.simpleKey, application],
      [extras.otherSimpleKey, { name: 'key of another application', standing: 'active' }],
      [extras.disabledSimpleKey, { name: 'key of a disabled application', standing: 'disabled' }],
      [
        extras.unpermittedSimpleKey,
        { name: 'key without permission', standing: 'without sso_write' },
      ],
    ]),
    accessTokens: new Map([[extras.accessToken, application]]),
    logins: new Map(),
    codes: new Map(),
    sessions: new Map(),
  }
  const logins = createLoginDecisions(context)
  const inFlight = createInFlight()
  return {
    credentials,
    extras,
    kept: {
      ultracartLogins: context.logins,
      ultracartCodes: context.codes,
      ultracartSessions: context.sessions,
    },
    relink: () => relink(context),
    logins,
    mount: (app) => mountUltraCart(app, context, logins),
    receive: async (request, record, work) => {
      if (!isUltraCartPath(record.path)) return work()
      record.service = 'ultracart'
      if (record.path === `${BASE_PATH}/sso/token`) counts.ultracartTokenRequests++
      const key = request.headers.get(SIMPLE_KEY_HEADER) ?? request.headers.get('authorization')
      record.received = { headers: receivedHeaders(request, context), body: null }
      const leave = inFlight.enter(ultracart.overlap === 'allow' ? null : key, request.signal)
      if (leave) return work().finally(leave)
      record.refused = 'overlap: another request with this key is under way'
      return tooMany(record, 'concurrent requests are not allowed.')
    },
  }
}

function relink({ applications, logins, codes }: UltraCartContext): void {
  const known = new Map([...applications.values()].map((one) => [one.name, one]))
  for (const entries of [logins, codes] as Map<string, { readonly application: Application }>[]) {
    for (const [name, entry] of entries) {
      const application = known.get(entry.application.name) ?? entry.application
      entries.set(name, { ...entry, application })
    }
  }
}
