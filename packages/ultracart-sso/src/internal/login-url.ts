/**
 * The page where the person signs in: https, on a host that is known.
 */
import { malformed } from './answer.ts'
import type { Answer } from './call.ts'
import type { Configuration } from './configuration.ts'
import { isText } from './forms.ts'
import { raise } from './raise.ts'
import { parseSafeUrl } from './safe-url.ts'

/**
 * Checks a `login_url` before any browser is sent there; http is for the host of the base URL alone.
 * @throws {@link UltraCartSsoError} `ULTRACART_SSO_URL_REFUSED`, `ULTRACART_SSO_RESPONSE_INVALID`
 */
export function checkLoginUrl(answer: Answer, value: unknown, { loginHosts }: Configuration): URL {
  if (!value || !isText(value)) malformed(answer, 'a login_url')
  const url = parseSafeUrl(value)
  const at = loginHosts.indexOf(url?.host ?? '')
  if (url && (at === 0 || (at > 0 && url.protocol === 'https:'))) return url
  const host = answer.clean(url?.host) ?? 'none'
  throw raise('URL_REFUSED', `login_url is not https on loginHosts: ${host}.`, answer)
}
