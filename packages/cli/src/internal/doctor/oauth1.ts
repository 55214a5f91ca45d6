/** IBKR OAuth 1.0a: every credential, the clock, one handshake, the session. */
import { type RsaSigningKey, signRsaSha256 } from '@isoauth/core-crypto'
import { createIbkrOAuth1, type IbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import {
  ibkrOAuth1Options,
  oauth1BaseUrl,
  withoutTrailingSlashes,
} from '../config/client-options.ts'
import { type LoadedConfig, problemsOf, replacedSettings } from '../config/load.ts'
import type { Section } from '../config/settings.ts'
import { placeholdersOf } from '../config/template.ts'
import { count, roundedTime } from '../text.ts'
import { checkSecret } from './access-token-secret.ts'
import { addClock, type ClockWatch, createClockWatch } from './clock-watch.ts'
import { checkDh } from './dh-check.ts'
import { failureOf } from './failure.ts'
import type { Report } from './findings.ts'
import { likelyCauses } from './refusal-causes.ts'
import { checkRsaKey } from './rsa-key.ts'
import type { ServiceCheck } from './service.ts'
import { checkSession } from './session.ts'
import { checkPresence, checkText } from './settings.ts'

const MINIMUM_BITS = 2048
const PROBE_MS = 10_000
const BROKER = 'https://api.ibkr.com/'

export async function checkOAuth1(service: ServiceCheck): Promise<void> {
  const { config, report, now, signal } = service
  const isDhDoubtful = await checkOAuth1Settings(report, config)
  const watch = createClockWatch(now)
  if (report.hasProblem) {
    await probe(service, watch)
    addClock(report, watch)
    const message = 'not tried: mend the problems above first'
    report.add({ check: 'handshake', level: 'skipped', message })
    return
  }
  const client = await signIn(service, watch, isDhDoubtful)
  addClock(report, watch)
  if (client === undefined) return
  try {
    await checkSession(report, { ...service, fetch: client.fetch as never })
  } catch (error) {
    signal.throwIfAborted()
    report.add({ check: 'session', level: 'problem', ...failureOf(error, watch.host) })
  }
}

/** Looks at the settings alone, without a request; true where the parameters may be of another key. */
export async function checkOAuth1Settings(report: Report, config: LoadedConfig): Promise<boolean> {
  const section = config.sections['ibkr.oauth1'] ?? {}
  checkPresence(report, config, 'ibkr.oauth1')
  const open = placeholdersOf(config, 'ibkr.oauth1')
  const unlessOpen = (name: keyof typeof section) =>
    open.includes(name) ? undefined : section[name]
  checkText(report, {
    check: 'consumerKey',
    value: unlessOpen('consumerKey'),
    judge: judgeConsumerKey,
  })
  checkText(report, { check: 'accessToken', value: unlessOpen('accessToken') })
  const unread = [...open, ...replacedSettings(config)]
  const read = Object.entries(section).filter(([name]) => !unread.includes(name))
  await checkKeysAndSecret(report, Object.fromEntries(read))
  return (
    section.dhParameters !== undefined &&
    (await checkDh(report, section.dhParameters, section.dhPrime)) === 'doubtful'
  )
}

async function checkKeysAndSecret(report: Report, section: Section<'ibkr.oauth1'>): Promise<void> {
  const { signatureKey, encryptionKey, accessTokenSecret, decryptedAccessTokenSecret } = section
  const read = async (setting: 'signatureKey' | 'encryptionKey') => {
    const text = section[setting]
    return text === undefined
      ? undefined
      : await checkRsaKey(report, { setting, text, minimumBits: MINIMUM_BITS })
  }
  const signing = await read('signatureKey')
  if (decryptedAccessTokenSecret !== undefined) {
    const isHex = /^(?:[0-9a-f]{2})+$/i.test(decryptedAccessTokenSecret.trim())
    report.add({
      check: 'decryptedAccessTokenSecret',
      level: isHex ? 'ok' : 'problem',
      message: isHex ? 'hex text; encryptionKey is not needed' : 'must be hex text',
      ...(!isHex && { remedy: 'take what isoauth decrypt-secret printed.' }),
    })
    return
  }
  const decrypting = await read('encryptionKey')
  if (signing !== undefined && decrypting !== undefined && (await isSameKey(signing, decrypting))) {
    report.add({
      check: 'keys',
      level: 'problem',
      message: 'signatureKey and encryptionKey are one and the same key',
      remedy: 'name the two files that belong to the two public keys in the portal.',
    })
  }
  if (accessTokenSecret !== undefined && encryptionKey !== undefined && decrypting !== undefined) {
    const usable = signing === undefined ? undefined : signatureKey
    await checkSecret(report, { accessTokenSecret, encryptionKey, signatureKey: usable })
  }
}

/** Signatures of RSASSA-PKCS1-v1_5 are the same for the same key and text. */
async function isSameKey(a: RsaSigningKey, b: RsaSigningKey): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((key) => signRsaSha256(key, 'same key?')))
  return one?.join() === other?.join()
}

function judgeConsumerKey(text: string) {
  if (text === text.toUpperCase()) return undefined
  return {
    level: 'warning',
    message: 'has lower-case letters: the portal stores consumer keys in upper case',
    remedy: 'write it in upper case.',
  } as const
}

/** Makes a live session token; tells what failed, and what may be behind it. */
async function signIn(
  { config, report, now, signal }: ServiceCheck,
  watch: ClockWatch,
  isDhDoubtful: boolean,
): Promise<IbkrOAuth1 | undefined> {
  const options = ibkrOAuth1Options(config)
  let failure: unknown
  // The challenge is random, and one of parameters that are not the registered ones is out of the
  // server's range at times, which looks like an unknown token: a second one tells.
  for (let attempt = 1; attempt <= 2; attempt++) {
    try {
      const client = createIbkrOAuth1({ ...options, fetch: watch.fetch, now })
      const { token, expiresAtMs } = await client.liveSessionToken({ signal })
      const life = roundedTime(expiresAtMs - now())
      report.add({
        check: 'handshake',
        level: 'ok',
        message: `live session token of ${count(token.length, 'byte')}, proven by the server, for ${life}`,
      })
      return client
    } catch (error) {
      signal.throwIfAborted()
      failure = error
      if (codeOf(error) !== 'IBKR_OAUTH1_ACCESS_TOKEN_UNKNOWN') break
    }
  }
  const section = config.sections['ibkr.oauth1'] ?? {}
  const causes = likelyCauses(codeOf(failure), {
    consumerKey: section.consumerKey ?? '',
    realm: section.realm,
    isDhDoubtful,
    isOtherHost: !oauth1BaseUrl(config).startsWith(BROKER),
  })
  report.add({ check: 'handshake', level: 'problem', ...failureOf(failure, watch.host), causes })
  return undefined
}

/** A request without credentials, for the clock and the way there, where signing in makes no sense. */
async function probe({ config, report, signal }: ServiceCheck, watch: ClockWatch): Promise<void> {
  // Where it leads is not known.
  if (problemsOf(config, 'ibkr.oauth1').some(({ setting }) => setting === 'baseUrl')) return
  try {
    const response = await watch.fetch(`${withoutTrailingSlashes(oauth1BaseUrl(config))}/tickle`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'user-agent': 'isoauth' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]),
    })
    await response.body?.cancel()
  } catch (error) {
    signal.throwIfAborted()
    report.add({ check: 'service', level: 'problem', ...failureOf(error, watch.host) })
  }
}

function codeOf(error: unknown): string | undefined {
  return (Object(error) as { readonly code?: string }).code
}
