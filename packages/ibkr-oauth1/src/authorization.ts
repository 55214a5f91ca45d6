/**
 * The third-party flow: request token, consent of the person, access token.
 */
import {
  type OptionReader,
  type PlatformAbortSignal,
  type PlatformUrl,
  readSignal,
  readText,
  readUrl,
} from '@isoauth/core-client'
import { type Answer, differenceMs, fieldError, readAnswer } from './internal/answer.ts'
import { isSendable, readCallback } from './internal/callback.ts'
import { callOAuth, createClockRepair } from './internal/oauth-call.ts'
import type { Parameter } from './internal/protocol-parameters.ts'
import { rsaSignedRequest } from './internal/rsa-signed-request.ts'
import {
  type ConsumerOptions,
  checkConsumer,
  type EndpointOptions,
  readOptions,
  type SendOptions,
} from './internal/settings.ts'

/** The options of {@link createIbkrOAuth1Authorization}. */
export interface IbkrOAuth1AuthorizationOptions
  extends ConsumerOptions,
    EndpointOptions,
    SendOptions {
  /** The callback URL, or `oob` for the one registered with the broker. Default: `oob`. */
  readonly callback?: string | undefined
  /** The consent page. Default: `https://interactivebrokers.com/authorize`. */
  readonly authorizeUrlBase?: string | undefined
}

/** What the third-party flow ends with; long-lived, to be kept like a password. */
export interface IbkrAccessToken {
  readonly accessToken: string
  /** Base64, encrypted to the registered encryption key. */
  readonly accessTokenSecret: string
  /** True for a paper account, where the broker says so. */
  readonly isPaper?: boolean
}

/** What {@link createIbkrOAuth1Authorization} gives. */
export interface IbkrOAuth1Authorization {
  /** Asks for a request token; keep it in the person's session. */
  requestToken(options?: {
    readonly signal?: PlatformAbortSignal | undefined
  }): Promise<{ requestToken: string }>
  /** The page where the person consents. */
  authorizeUrl(options: {
    readonly requestToken: string
    readonly redirectUri?: string | undefined
  }): PlatformUrl
  /**
   * Reads the callback.
   * @param options.requestToken - the one kept in this person's session: a callback with another one
   *   belongs to somebody else's flow and is refused
   */
  validateCallback(
    url: string | PlatformUrl,
    options: { readonly requestToken: string },
  ): { verifier: string }
  /** Trades the consent for the access token. */
  accessToken(options: {
    readonly requestToken: string
    readonly verifier: string
    readonly signal?: PlatformAbortSignal | undefined
  }): Promise<IbkrAccessToken>
}

const AUTHORIZE_URL = 'https://interactivebrokers.com/authorize'

interface Endpoint {
  readonly path: string
  /** What a signature is refused for there. */
  readonly causes: string
}

const REQUEST_TOKEN: Endpoint = {
  path: '/oauth/request_token',
  causes:
    'look for swapped keys, a signatureKey other than the registered one, and a callback that is not registered',
}
const ACCESS_TOKEN: Endpoint = {
  path: '/oauth/access_token',
  causes:
    'look for a requestToken or verifier that was used before or is over (then start the authorization again), swapped keys, and a signatureKey other than the registered one',
}

/**
 * Makes a client for the third-party flow. First-party consumers do not need it: their portal shows
 * the access token.
 *
 * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_OPTION_INVALID`; the calls also throw what an
 *   answer of the broker deserves, and `validateCallback` the `IBKR_OAUTH1_CALLBACK_…` codes
 *
 * @example
 * ```ts
 * const authorization = createIbkrOAuth1Authorization({ consumerKey, signatureKey })
 * const { requestToken } = await authorization.requestToken()
 * const url = authorization.authorizeUrl({ requestToken }) // send the person there
 * const { verifier } = authorization.validateCallback(callbackUrl, { requestToken })
 * const { accessToken, accessTokenSecret } = await authorization.accessToken({ requestToken, verifier })
 * ```
 *
 * Source: RFC 5849 section 2; the broker's pages "Request Token", "Authorization & Verifier Token",
 * "Access Token"; on the legacy base its document "OAuth at Interactive Brokers" (2018).
 */
export function createIbkrOAuth1Authorization(
  options: IbkrOAuth1AuthorizationOptions,
): IbkrOAuth1Authorization {
  const settings = checkConsumer(options)
  const { clock, now } = settings
  const read = readOptions(options)
  const callback = read.value('callback', 'oob')
  if (callback !== 'oob')
    requireUrl(read, 'callback', "an absolute URL, or 'oob' for the registered one")
  const consentPage = readUrl(read, 'authorizeUrlBase', AUTHORIZE_URL)

  const post = (
    endpoint: Endpoint,
    parameters: ReadonlyArray<Parameter>,
    signal: PlatformAbortSignal | undefined,
  ): Promise<Answer> => {
    const { path, causes } = endpoint
    let secrets: readonly string[] = []
    return callOAuth(settings, {
      async prepare() {
        const timestamp = String(clock.timestampSeconds())
        const signed = await rsaSignedRequest(settings, { path, parameters, timestamp })
        secrets = signed.secrets
        return signed.request
      },
      read: (answer) =>
        readAnswer(answer, {
          now,
          differenceMs: differenceMs(answer, clock.nowMs()),
          secrets,
          causes,
        }),
      repair: createClockRepair(clock),
      signal,
    })
  }

  return {
    async requestToken(given) {
      const signal = readSignal(readOptions(given))
      const answer = await post(REQUEST_TOKEN, [['oauth_callback', callback]], signal)
      return { requestToken: tokenField(answer, 'oauth_token') }
    },
    authorizeUrl(given) {
      const read = readOptions(given)
      const url = new URL(consentPage.href)
      url.searchParams.set('oauth_token', readText(read, 'requestToken', STEP_BEFORE))
      if (read.value('redirectUri') !== undefined) {
        url.searchParams.set('redirect_uri', requireUrl(read, 'redirectUri', 'an absolute URL'))
      }
      return url
    },
    validateCallback(url, given) {
      return readCallback(url, readText(readOptions(given), 'requestToken', STEP_BEFORE))
    },
    async accessToken(given) {
      const read = readOptions(given)
      const parameters: Parameter[] = [
        ['oauth_token', readText(read, 'requestToken', STEP_BEFORE)],
        ['oauth_verifier', readText(read, 'verifier', STEP_BEFORE)],
      ]
      const answer = await post(ACCESS_TOKEN, parameters, readSignal(read))
      // The vendor's schema says is_true, its example and service is_paper.
      const isPaper = answer.fields['is_paper'] ?? answer.fields['is_true']
      return {
        accessToken: tokenField(answer, 'oauth_token'),
        // Base64, which some encoders wrap after 76 characters.
        accessTokenSecret: tokenField(answer, 'oauth_token_secret', withoutSpace),
        ...(typeof isPaper === 'boolean' && { isPaper }),
      }
    },
  }
}

const STEP_BEFORE = 'the text that the step before it gave'

const withoutSpace = (text: string) => text.replace(/\s/g, '')

function tokenField(answer: Answer, name: string, clean = (text: string) => text.trim()): string {
  const value = answer.fields[name]
  // As the next step takes it: nobody can mend what the broker gave.
  const text = typeof value === 'string' ? clean(value) : ''
  if (isSendable(text)) return text
  throw fieldError(answer, name, 'a non-empty string without control characters')
}

function requireUrl<Name extends string>(
  read: OptionReader<Readonly<Partial<Record<Name, unknown>>>>,
  option: Name,
  form: string,
): string {
  const text = readText(read, option, form)
  return /^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(text) ? text : read.refuse(option, form)
}
