/** UltraCart single sign-on, as far as no person is needed: a login is begun, and lapses. */
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { ultraCartSsoOptions } from '../config/client-options.ts'
import type { LoadedConfig } from '../config/load.ts'
import { shownAddress } from '../shown-address.ts'
import { addClock, createClockWatch } from './clock-watch.ts'
import { failureOf } from './failure.ts'
import type { Report } from './findings.ts'
import type { ServiceCheck } from './service.ts'
import { checkPresence, checkText } from './settings.ts'

const REMEDIES: Readonly<Record<string, string>> = {
  ULTRACART_SSO_UNAUTHORIZED:
    'simpleKey is not accepted: copy it anew from the authorized application, whole and without blanks.',
  ULTRACART_SSO_FORBIDDEN: "give the application's key the permission sso_write.",
  ULTRACART_SSO_APPLICATION_DISABLED: "ask UltraCart's support: it disabled the application.",
  ULTRACART_SSO_BAD_REQUEST: 'check redirectUri: it must be the registered one, letter by letter.',
  ULTRACART_SSO_URL_REFUSED: 'check baseUrl: the login page is on a host that is not UltraCart.',
  ULTRACART_SSO_RATE_LIMITED: 'wait: 1,000 requests an hour and 10,000 a day are allowed.',
}

export async function checkUltraCart({ config, report, now, signal }: ServiceCheck): Promise<void> {
  checkUltraCartSettings(report, config)
  if (report.hasProblem) {
    const message = 'not tried: mend the problems above first'
    report.add({ check: 'authorize', level: 'skipped', message })
    return
  }
  const watch = createClockWatch(now)
  try {
    const sso = createUltraCartSso({ ...ultraCartSsoOptions(config), fetch: watch.fetch, now })
    await sso.authorize({ signal })
    const message = 'a login was begun, and lapses by itself; signing in takes a person'
    report.add({ check: 'authorize', level: 'ok', message })
  } catch (error) {
    signal.throwIfAborted()
    const failure = failureOf(error, watch.host)
    const remedy = failure.remedy ?? REMEDIES[failure.code ?? '']
    report.add({ check: 'authorize', level: 'problem', ...failure, ...(remedy && { remedy }) })
  }
  addClock(report, watch)
}

/** Looks at the settings alone, without a request. */
export function checkUltraCartSettings(report: Report, config: LoadedConfig): void {
  const { simpleKey, redirectUri } = config.sections.ultracart ?? {}
  checkPresence(report, config, 'ultracart')
  checkText(report, { check: 'simpleKey', value: simpleKey?.trim() })
  checkText(report, { check: 'redirectUri', value: redirectUri, judge: judgeRedirectUri })
}

/** As the client judges it: a user or a fragment in it is refused there. */
function judgeRedirectUri(text: string) {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const fault =
    url === undefined
      ? 'is no absolute URL'
      : url.username !== '' || url.password !== ''
        ? 'has a user or a password in it'
        : text.includes('#')
          ? 'has a fragment (#)'
          : undefined
  if (fault === undefined) return { level: 'ok', message: shownAddress(text) } as const
  return {
    level: 'problem',
    message: fault,
    remedy: 'write the redirect URI that is registered for the application, letter by letter.',
  } as const
}
