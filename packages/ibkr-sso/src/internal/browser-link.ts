/**
 * Browser links: where they may lead, how long they may be used, and where in the portal they land.
 */
import { type BaseUrl, isLoopbackHost, type PlatformUrl } from '@isoauth/core-client'
import { newError, refuse } from './errors.ts'
import { readOptions } from './settings.ts'

/** Landing actions of the portal, each with the names of the parameters it may take. */
export type LandingActions = Readonly<Record<string, readonly string[]>>

/** A link that signs a browser in: open it once, from the address it was made for. */
export interface BrowserLink {
  readonly url: PlatformUrl
  /** When it is no longer given out, in milliseconds since 1970: 50 s after it was asked for. */
  readonly expiresAtMs: number
}

/** The hosts of the broker and of its white-branded portal; their subdomains belong to them. */
const LINK_HOSTS: readonly string[] = ['interactivebrokers.com', 'clientam.com']

/** The one action of which the broker shows an example. */
const LANDING_ACTIONS: LandingActions = { TransferFunds: ['type', 'method', 'currency'] }

/** The broker's limit is 60 s, which the browser's way there must fit in. */
const LIFE_MS = 50_000

interface Issue {
  readonly expiresAtMs: number
  readonly now: () => number
  readonly actions: LandingActions
}

/** What is known of the links made here; a link made elsewhere is judged by what the caller gives. */
const issues = new WeakMap<object, Issue>()

/** True for a link that may be handed on: without a user, https and of a host on the list, or of the base itself. */
export function isAllowedLink(url: PlatformUrl, base: BaseUrl, hosts: readonly string[]): boolean {
  const { username, password, origin, protocol, hostname } = url
  if (username !== '' || password !== '') return false
  const isListed = hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`))
  return origin === base.origin || (protocol === 'https:' && isListed)
}

/** Notes when a link was asked for and which actions it may land on. */
export function issueLink(
  url: PlatformUrl,
  about: { readonly requestedAtMs: number } & Omit<Issue, 'expiresAtMs'>,
): BrowserLink {
  const expiresAtMs = about.requestedAtMs + LIFE_MS
  issues.set(url, { ...about, expiresAtMs })
  return { url, expiresAtMs }
}

/**
 * Adds the page of the portal on which a browser link lands.
 *
 * @param url - from `createBrowserSession`; it is not changed
 * @param action - a landing action of the list, such as `TransferFunds`
 * @param parameters - texts by name; only names that the list has for the action
 * @param options.actions - the list. Default: that of the client that made the link, else the action
 *   `TransferFunds` with `type`, `method` and `currency`
 * @returns a new URL with `ACTION` and the parameters
 * @throws {@link IbkrSsoError} `IBKR_SSO_OPTION_INVALID` for an action or parameter outside of the list;
 *   `IBKR_SSO_LINK_EXPIRED` once the link is 50 s old: make a new one
 *
 * @example
 * ```ts
 * const { url } = await sso.createBrowserSession({ credential, ip })
 * return Response.redirect(withLandingAction(url, 'TransferFunds', { type: 'DEPOSIT' }), 303)
 * ```
 *
 * Source: the broker's page "Open Banking" of the account management API.
 */
export function withLandingAction(
  url: PlatformUrl,
  action: string,
  parameters: Readonly<Record<string, string>> = {},
  options: { readonly actions?: LandingActions | undefined } = {},
): PlatformUrl {
  const copy = parseLink((url as URL | undefined)?.href)
  if (copy === undefined || !isWeb(copy)) return refuse('url', url, 'the url of a browser session')
  const issue = issues.get(url)
  if (issue !== undefined && issue.now() >= issue.expiresAtMs) {
    throw newError(
      'LINK_EXPIRED',
      'The browser link is older than 50 s, and the broker takes none older than a minute: make a new one.',
    )
  }
  const given = readOptions(options).value('actions')
  const actions = checkActions('actions', given) ?? issue?.actions ?? LANDING_ACTIONS
  const isListed = typeof action === 'string' && Object.hasOwn(actions, action)
  const names = isListed ? actions[action] : undefined
  if (names === undefined) return refuse('action', action, 'an action of the list landingActions')
  if (!isPlain(parameters)) return refuse('parameters', parameters, 'an object of texts')
  copy.searchParams.set('ACTION', action)
  for (const [name, value] of Object.entries(parameters)) {
    const isReserved = /^(SID|ACTION)$/i.test(name)
    if (isReserved || !names.includes(name) || typeof value !== 'string') {
      refuse('parameters', value, 'texts by the names that landingActions lists for the action')
    }
    copy.searchParams.set(name, value)
  }
  if (issue !== undefined) issues.set(copy, issue)
  return copy
}

/** Where browser links may lead. */
export interface LinkOptions {
  /**
   * Hosts of browser links, each with its subdomains. Default: `interactivebrokers.com` and
   * `clientam.com`. The host of `baseUrl` is always allowed.
   */
  readonly linkHosts?: readonly string[] | undefined
  /** Landing actions with their parameters' names. Default: `TransferFunds` with `type`, `method`, `currency`. */
  readonly landingActions?: LandingActions | undefined
}

/** Checked {@link LinkOptions}. */
export interface LinkSettings {
  readonly hosts: readonly string[]
  readonly actions: LandingActions
}

/** Checks {@link LinkOptions}. */
export function checkLinks(options: LinkOptions): LinkSettings {
  const read = readOptions(options)
  const actions = checkActions('landingActions', read.value('landingActions')) ?? LANDING_ACTIONS
  return { hosts: checkHosts(read.value('linkHosts')), actions }
}

/** A copy, since the caller's may be changed later; undefined for none. */
function checkActions(option: string, value: unknown): LandingActions | undefined {
  if (value === undefined) return undefined
  const isList = (names: unknown) =>
    Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== '')
  if (isPlain(value) && Object.values(value).every(isList)) {
    return Object.fromEntries(Object.entries(value).map(([name, names]) => [name, [...names]]))
  }
  return refuse(option, value, 'an object of arrays of parameter names by action')
}

/** By its tag: a promise, a list or a form would pass for an object without members. */
function isPlain(value: unknown): value is object {
  return Object.prototype.toString.call(value) === '[object Object]'
}

function checkHosts(value: unknown): readonly string[] {
  if (value === undefined) return LINK_HOSTS
  const isHost = (host: unknown) =>
    typeof host === 'string' && /^[a-z\d-]+(\.[a-z\d-]+)+$/.test(host)
  if (Array.isArray(value) && [...value].every(isHost)) return [...value]
  return refuse('linkHosts', value, "an array of host names in lower case, such as 'clientam.com'")
}

function isWeb({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname))
}

/** Parses an absolute URL; undefined where it is none. */
export function parseLink(text: unknown): PlatformUrl | undefined {
  try {
    return typeof text === 'string' ? new URL(text) : undefined
  } catch {
    return undefined
  }
}
