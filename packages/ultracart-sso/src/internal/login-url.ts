/**
 * The page where the person signs in: https, on a host that is known.
 */
import { malformed } from './answer.ts'
import type { Answer } from './call.ts'
import type { Configuration } from './configuration.ts'
import { raise } from './raise.ts'
import { parseSafeUrl } from './safe-url.ts'

/**
 * Checks a `login_url` before any browser is sent there; http is for the host of the base URL alone.
 * @throws {@link UltraCartSsoError} `ULTRACART_SSO_URL_REFUSED`, `ULTRACART_SSO_RESPONSE_INVALID`
 */
export function checkLoginUrl(answer: Answer, value: unknown, { loginHosts }: Configuration): URL {
  if (!value || typeof value !== 'string') malformed(answer, 'JSON with a login_url')
  const url = parseSafeUrl(value)
  const hosts = url?.protocol === 'http:' ? loginHosts.slice(0, 1) : loginHosts
  if (url && hosts.includes(url.host)) return url
  const host = answer.clean(url?.host) ?? 'none'
  throw raise(
    'URL_REFUSED',
    `The login_url (host: ${host}) must be https, on a host of loginHosts.`,
    answer.details,
  )
}
