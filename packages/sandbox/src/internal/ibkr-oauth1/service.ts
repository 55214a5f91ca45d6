/** The OAuth 1.0a service put together: its state, its first consumers, its routes. */
import type { Hono } from 'hono'
import type { SandboxEnv } from '../call.ts'
import type { SandboxCounts } from '../counts.ts'
import type { Authenticator } from '../ibkr-api/authenticator.ts'
import { IDLE_LIMIT_MS } from '../ibkr-api/brokerage-session.ts'
import { BASE_PATH } from '../ibkr-api/sign-in.ts'
import { type Consent, createConsent } from './consent.ts'
import {
  type Consumer,
  type ConsumerKeys,
  createRegistry,
  keepAccessToken,
  type Registry,
} from './consumer.ts'
import { type IbkrOAuth1Context, LEGACY_BASE_PATH } from './context.ts'
import type {
  IbkrOAuth1Credentials,
  IbkrOAuth1ThirdPartyCredentials,
  ProvisionedCredentials,
} from './credentials.ts'
import { mountPages } from './pages.ts'
import { authenticateProtectedRequest } from './protected-request.ts'
import { mountIbkrOAuth1 } from './routes.ts'
import { authenticateSocket } from './socket-request.ts'

export interface IbkrOAuth1ServiceOptions {
  readonly origin: string
  readonly signedOrigins: readonly string[]
  readonly counts: SandboxCounts
  readonly provisioned: ProvisionedCredentials
  readonly callback: string
  readonly liveSessionTokenLifetimeMs: number
  readonly keepReplacedTokens: boolean
  readonly nextServerExponents: bigint[]
}

export interface IbkrOAuth1Service {
  readonly credentials: IbkrOAuth1Credentials
  readonly thirdParty: IbkrOAuth1ThirdPartyCredentials
  readonly mount: (app: Hono<SandboxEnv>) => void
  /** What outlives a restart. */
  readonly kept: Registry
  /** What a person decides on the consent page. */
  readonly consent: Consent
  /** Judges requests for `/v1/api`, and sockets. */
  readonly authenticate: Authenticator
}

export function createIbkrOAuth1Service(options: IbkrOAuth1ServiceOptions): IbkrOAuth1Service {
  const { origin, callback } = options
  const { credentials, keys, secret, thirdPartyKey: otherKey } = options.provisioned
  const registry = createRegistry()
  const { consumerKey, realm, accessToken } = credentials
  registry.consumers.set(consumerKey, consumer(keys, { consumerKey, realm, callback: undefined }))
  keepAccessToken(registry, { token: accessToken, consumerKey, secret })
  registry.consumers.set(
    otherKey,
    consumer(keys, { consumerKey: otherKey, realm: 'limited_poa', callback }),
  )
  const context: IbkrOAuth1Context = { ...options, registry }
  const consent = createConsent(registry)
  const { signatureKey, encryptionKey, dhParameters, dhPrime } = credentials
  const baseUrl = origin + BASE_PATH
  return {
    credentials: { baseUrl, ...credentials },
    thirdParty: {
      baseUrl,
      legacyBaseUrl: origin + LEGACY_BASE_PATH,
      authorizeUrlBase: `${origin}/authorize`,
      realm: 'limited_poa',
      consumerKey: otherKey,
      callback,
      signatureKey,
      encryptionKey,
      dhParameters,
      dhPrime,
    },
    kept: registry,
    consent,
    mount: (app) => {
      mountIbkrOAuth1(app, context)
      mountPages(app, context, consent)
    },
    authenticate: {
      request: async (call) => {
        const { token, username, accountId, liveSessionTokens } =
          await authenticateProtectedRequest(call, context, false)
        const signedInAtMs =
          (liveSessionTokens.at(-1)?.expiresAtMs ?? call.now) - context.liveSessionTokenLifetimeMs
        return { holder: token, username, accountId, signedInAtMs, expiresInMs: IDLE_LIMIT_MS }
      },
      socket: (call) => authenticateSocket(call, context),
      usernameOf: (token) => registry.accessTokens.get(token)?.username,
    },
  }
}

function consumer(
  keys: ConsumerKeys,
  {
    consumerKey,
    realm,
    callback,
  }: {
    readonly consumerKey: string
    readonly realm: string
    readonly callback: string | undefined
  },
): Consumer {
  return {
    ...keys,
    consumerKey,
    realm,
    kind: callback === undefined ? 'first-party' : 'third-party',
    callback,
    nonces: new Map(),
  }
}
