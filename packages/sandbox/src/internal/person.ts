/** A person at a login or consent page, for tests: decides, and says where the browser goes next. */
import { checkNames, isObject, optionError, SandboxError, type SandboxErrorCode } from './errors.ts'
import { callbackWith } from './ibkr-oauth1/consent.ts'
import type { IbkrOAuth1Service } from './ibkr-oauth1/service.ts'
import { RESOLVER_PATH } from './ibkr-sso/context.ts'
import type { IbkrSsoService } from './ibkr-sso/service.ts'
import { isLoginProblem, type LoginProblem } from './login-problem.ts'
import { LOGIN_PATH } from './ultracart/paths.ts'
import type { UltraCartService } from './ultracart/service.ts'
import { USERS } from './ultracart/users.ts'

/** Who approves. */
export interface ApproveOptions {
  /** Login of an UltraCart user, `mara` (the default) or `theo`. Not looked at elsewhere. */
  readonly user?: string | undefined
}

/** @internal Where people decide, and by which clock. */
export interface PersonContext {
  readonly origin: string
  readonly origins: readonly string[]
  readonly now: number
  readonly oauth1: Pick<IbkrOAuth1Service, 'consent'>
  readonly sso: Pick<IbkrSsoService, 'openLink'> | undefined
  readonly ultracart: Pick<UltraCartService, 'logins'>
}

type Decision = 'approve' | 'refuse'

/** @internal */
export function decideLogin(
  context: PersonContext,
  decision: Decision,
  {
    loginUrl,
    options = {},
  }: { readonly loginUrl: string | URL; readonly options?: ApproveOptions | undefined },
): URL {
  if (!isObject(options)) throw optionError('options', 'an object with user')
  checkNames(options, ['user'])
  const { user = USERS[0].login } = options
  const url = readLoginUrl(loginUrl)
  if (!context.origins.includes(url.origin)) {
    throw unknown(
      `it leads to ${url.origin}, and this sandbox is at ${context.origin}: give the client the base and ` +
        'the authorizeUrlBase of sandbox.credentials or sandbox.thirdParty',
    )
  }
  if (url.pathname === '/authorize') return decideConsent(context, decision, url)
  if (url.pathname === LOGIN_PATH) {
    return decideUltraCart(context, decision, { url, user })
  }
  if (url.pathname === RESOLVER_PATH) return openLink(context, decision, url)
  throw unknown(`${url.pathname} is none of its login or consent pages`)
}

function decideConsent(
  { oauth1: { consent }, origin, now }: PersonContext,
  decision: Decision,
  url: URL,
): URL {
  const token = consent.find(url.searchParams.get('oauth_token') ?? '', now)
  if (isLoginProblem(token)) throw loginError(token)
  const redirect = url.searchParams.get('redirect_uri')
  if (redirect !== null && redirect !== token.callback) {
    throw unknown('its redirect_uri is not the registered callback URL')
  }
  // Every third party has a callback; where one had none, the sandbox's own callback page would show the code.
  return callbackWith(token.callback ?? `${origin}/callback`, consent[decision](token))
}

function decideUltraCart(
  { ultracart: { logins }, now }: PersonContext,
  decision: Decision,
  { url, user }: { readonly url: URL; readonly user: string },
): URL {
  const login = logins.find(url.searchParams.get('id') ?? '', now)
  if (isLoginProblem(login)) throw loginError(login)
  if (decision === 'refuse') return new URL(logins.refuse(login))
  const location = logins.approve(login, { user, userAgent: 'isoauth sandbox', now })
  if (location !== undefined) return new URL(location)
  const names = USERS.map(({ login: name }) => name).join(' or ')
  throw optionError('user', `a user whom the login page offers: ${names}`)
}

function openLink({ sso, now }: PersonContext, decision: Decision, url: URL): URL {
  if (decision === 'refuse') {
    throw optionError('loginUrl', 'a browser link asks nothing, so that nothing can be refused')
  }
  const problem = sso ? sso.openLink(url.searchParams, now) : undefined
  if (problem) throw loginError(problem)
  return url
}

function readLoginUrl(loginUrl: unknown): URL {
  const text = loginUrl instanceof URL ? loginUrl.href : loginUrl
  if (typeof text === 'string' && URL.canParse(text)) return new URL(text)
  throw optionError(
    'loginUrl',
    'the absolute URL of a login or consent page, as the client gave it, is required',
  )
}

const CODES: Readonly<Record<LoginProblem['problem'], SandboxErrorCode>> = {
  unknown: 'SANDBOX_LOGIN_UNKNOWN',
  expired: 'SANDBOX_LOGIN_EXPIRED',
  used: 'SANDBOX_LOGIN_USED',
}

function loginError({ problem, text }: LoginProblem): SandboxError {
  const remedy = problem === 'unknown' ? '' : '; begin a new login'
  return new SandboxError(`loginUrl: ${text}${remedy}`, {
    code: CODES[problem],
    option: 'loginUrl',
  })
}

function unknown(text: string): SandboxError {
  return loginError({ problem: 'unknown', text })
}
