/** IBKR OAuth 2.0: the key, an access token, the echo calls, an SSO session and its status. */
import { createIbkrOAuth2, type IbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { ibkrOAuth2Options, oauth2BaseUrl } from '../config/client-options.ts'
import type { LoadedConfig } from '../config/load.ts'
import { roundedTime } from '../text.ts'
import { addClock, type ClockWatch, createClockWatch } from './clock-watch.ts'
import { failureOf } from './failure.ts'
import type { Report } from './findings.ts'
import { checkRsaKey } from './rsa-key.ts'
import type { ServiceCheck } from './service.ts'
import { checkSession } from './session.ts'
import { checkPresence, checkText } from './settings.ts'

const MINIMUM_BITS = 3072
/** Asked for where the configuration names no scope; the service grants what the client may have. */
const SCOPES = 'echo.read echo.write sso-sessions.write'

export async function checkOAuth2(service: ServiceCheck): Promise<void> {
  const { config, report, now, signal } = service
  await checkOAuth2Settings(report, config)
  if (report.hasProblem) {
    const message = 'not asked for: mend the problems above first'
    report.add({ check: 'access token', level: 'skipped', message })
    return
  }
  const watch = createClockWatch(now)
  const { fetch } = watch
  let granted: readonly string[]
  let client: IbkrOAuth2
  try {
    client = createIbkrOAuth2({ ...ibkrOAuth2Options(config, SCOPES), fetch, now })
    const { scope, expiresAtMs } = await client.accessToken({ signal })
    granted = scope.split(' ')
    const message = `granted for ${roundedTime(expiresAtMs - now())}: ${scope}`
    report.add({ check: 'access token', level: 'ok', message })
  } catch (error) {
    signal.throwIfAborted()
    report.add({ check: 'access token', level: 'problem', ...refusalOf(error, watch.host) })
    addClock(report, watch)
    return
  }
  addClock(report, watch)
  const asked = { service, granted, watch }
  await echo(asked, {
    scope: 'echo.read',
    check: 'echo/https',
    call: () => client.echoHttps({ signal }),
  })
  await echo(asked, {
    scope: 'echo.write',
    check: 'echo/signed-jwt',
    call: () => client.echoSignedJwt({ signal }),
  })
  await checkSso(asked, client)
}

/** Looks at the settings alone, without a request. */
export async function checkOAuth2Settings(report: Report, config: LoadedConfig): Promise<void> {
  const section = config.sections['ibkr.oauth2'] ?? {}
  checkPresence(report, config, 'ibkr.oauth2')
  checkText(report, { check: 'clientId', value: section.clientId })
  checkText(report, { check: 'keyId', value: section.keyId })
  if (section.privateKey !== undefined) {
    const text = section.privateKey
    await checkRsaKey(report, { setting: 'privateKey', text, minimumBits: MINIMUM_BITS })
  }
}

/** A service whose access token was granted. */
interface Granted {
  readonly service: ServiceCheck
  readonly granted: readonly string[]
  readonly watch: ClockWatch
}

interface EchoCall {
  readonly scope: string
  readonly check: string
  readonly call: () => Promise<unknown>
}

async function echo(
  { service: { report, signal }, granted, watch }: Granted,
  { scope, check, call }: EchoCall,
): Promise<void> {
  if (!granted.includes(scope)) {
    report.add({ check, level: 'skipped', message: `not called: ${scope} is not granted` })
    return
  }
  try {
    await call()
    report.add({ check, level: 'ok', message: 'answered' })
  } catch (error) {
    signal.throwIfAborted()
    report.add({ check, level: 'problem', ...failureOf(error, watch.host) })
  }
}

async function checkSso({ service, granted, watch }: Granted, oauth2: IbkrOAuth2): Promise<void> {
  const { config, report, now, signal, brokerage } = service
  const { credential, ip } = config.sections['ibkr.oauth2'] ?? {}
  const reason = reasonToSkip(granted, credential, ip)
  if (reason !== undefined || credential === undefined || ip === undefined) {
    const level = brokerage ? 'problem' : 'skipped'
    report.add({ check: 'SSO session', level, message: `not opened: ${reason}` })
    return
  }
  const addNote = addressNote(report)
  try {
    const sso = createIbkrSso({
      oauth2,
      baseUrl: oauth2BaseUrl(config),
      fetch: watch.fetch,
      now,
      onEvent: ({ type }) => type === 'address-not-public' && addNote(),
    })
    const session = await sso.createSession({ credential, ip, signal })
    report.add({ check: 'SSO session', level: 'ok', message: 'a bearer for the trading API' })
    await checkSession(report, { ...service, fetch: session.fetch as never })
  } catch (error) {
    signal.throwIfAborted()
    report.add({ check: 'SSO session', level: 'problem', ...failureOf(error, watch.host) })
  }
}

function reasonToSkip(
  granted: readonly string[],
  credential: string | undefined,
  ip: string | undefined,
): string | undefined {
  if (!granted.includes('sso-sessions.write')) return 'sso-sessions.write is not granted'
  if (credential === undefined) return 'the configuration has no ibkr.oauth2.credential'
  return ip === undefined ? 'the configuration has no ibkr.oauth2.ip' : undefined
}

function addressNote(report: Report): () => void {
  return () =>
    report.add({
      check: 'ip',
      level: 'note',
      message: 'is no public address; right for a sandbox only',
    })
}

const KEY_CAUSES: readonly string[] = [
  'clientId or keyId is mistyped, or of another environment: live and paper have clients of their own.',
  'privateKey is not the private half of the key that the broker registered under keyId.',
  'The client is not enabled yet: ask the broker.',
  "audience: the broker takes '/token', or the URL of the token endpoint.",
]

function refusalOf(
  error: unknown,
  host: string | undefined,
): Omit<Parameters<Report['add']>[0], 'check' | 'level'> {
  const failure = failureOf(error, host)
  const isAssertion = failure.code === 'IBKR_OAUTH2_ASSERTION_REFUSED'
  return { ...failure, ...(isAssertion && { causes: KEY_CAUSES }) }
}
