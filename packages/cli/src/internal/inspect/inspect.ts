/** The inspector: a request in, its parts and what is wrong with it out. Nothing is sent. */
import { argumentsInvalid } from '../errors.ts'
import { type ParsedHeader, parseAuthorization } from './authorization-header.ts'
import { type BaseStringParts, serverBaseString } from './base-string.ts'
import { type Finding, fault } from './finding.ts'
import { headerFindings } from './header-findings.ts'
import { KeyInvalid } from './keys.ts'
import { kindOf, type RequestKind, type RequestToInspect, type ServerKnowledge } from './request.ts'
import { type SignatureResult, signatureFindings } from './signature-findings.ts'

export interface Inspection {
  readonly kind: RequestKind
  readonly header: ParsedHeader
  /** `undefined` where none can be made. */
  readonly baseString: BaseStringParts | undefined
  /** Faults first, in the order in which a server meets them. */
  readonly findings: readonly Finding[]
  readonly signature: SignatureResult['signature']
  readonly verdict: 'accepted' | 'refused' | 'undecided'
}

/**
 * Says what a server makes of a signed request of Interactive Brokers' OAuth 1.0a, and what is wrong with it. Nothing is
 * sent; no finding quotes a key, a token or the prefix, other than in `difference` and `baseString`.
 *
 * @param request - as `readRequests` gives it.
 * @param knowledge - what the server has; without a key only the form is judged. A key that cannot be used is a finding.
 * @returns the verdict, the findings, faults first, and the base string by its parts.
 * @throws {@link CliError} `CLI_ARGUMENTS_INVALID`
 *
 * @example
 * ```ts
 * const { verdict, findings } = await inspect(request, { liveSessionToken })
 * ```
 *
 * *Source*: RFC 5849 section 3.4; IBKR Web API documentation, "OAuth 1.0a Extended".
 */
export async function inspect(
  request: RequestToInspect,
  knowledge: ServerKnowledge = {},
): Promise<Inspection> {
  checkArguments(request, knowledge)
  const kind = kindOf(request.url)
  const header = parseAuthorization(request.authorization)
  const findings = headerFindings(request, header, knowledge)
  const { baseString, result } = await judge(request, header, knowledge)
  const all = [...findings, ...result.findings].sort(faultsFirst)
  const isRefused = all.some(({ severity }) => severity === 'fault')
  const { signature } = result
  const verdict = isRefused ? 'refused' : signature === 'matches' ? 'accepted' : 'undecided'
  return { kind, header, baseString, findings: all, signature, verdict }
}

async function judge(
  request: RequestToInspect,
  header: ParsedHeader,
  knowledge: ServerKnowledge,
): Promise<{ readonly baseString: BaseStringParts | undefined; readonly result: SignatureResult }> {
  let baseString: BaseStringParts
  try {
    baseString = serverBaseString(request, header, knowledge)
  } catch (error) {
    const problem = fault(
      'request',
      'No base string can be made of this',
      (error as Error).message,
      'Give the method as a word, the address with https:// and path, the prefix in hex.',
    )
    return { baseString: undefined, result: { signature: 'unknown', findings: [problem] } }
  }
  try {
    return { baseString, result: await signatureFindings(request, header, knowledge, baseString) }
  } catch (error) {
    if (!(error instanceof KeyInvalid)) throw error
    const problem = fault(
      'key-invalid',
      'A key that was given cannot be used',
      error.message,
      error.remedy ?? 'Give it again, or leave the field empty to judge the form alone.',
    )
    return { baseString, result: { signature: 'unknown', findings: [problem] } }
  }
}

function checkArguments(request: unknown, knowledge: unknown): void {
  const { method, url, authorization } = Object(request) as Record<string, unknown>
  if (![method, url, authorization].every((text) => typeof text === 'string')) {
    throw argumentsInvalid(
      'request of inspect must be an object with the texts method, url and authorization, as readRequests gives it.',
      'request',
    )
  }
  const texts = Object.values(Object(knowledge))
  const isKnowledge = typeof knowledge === 'object' && knowledge !== null
  if (isKnowledge && texts.every((text) => text === undefined || typeof text === 'string')) return
  throw argumentsInvalid(
    'knowledge of inspect must be an object of texts, such as { signatureKey, liveSessionToken }.',
    'knowledge',
  )
}

function faultsFirst(a: Finding, b: Finding): number {
  return Number(a.severity === 'note') - Number(b.severity === 'note')
}
