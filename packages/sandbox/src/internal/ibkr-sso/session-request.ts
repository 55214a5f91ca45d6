/** What the signed bodies of both SSO calls ask for: a user, and from where. */

import { type Call, check } from '../call.ts'
import { type InvalidArgument, invalidArguments } from '../ibkr-oauth2/problem-details.ts'
import { readIpAddress } from '../ip-address.ts'

export interface SessionRequest {
  readonly credential: string
  /** In one form, so that they can be compared; the first is `ip`. */
  readonly addresses: readonly string[]
}

type Claims = Readonly<Record<string, unknown>>

const MISSING = 'Missing required parameter'
const INVALID = 'Invalid value'

/** The body of `sso-sessions`: `alternativeIps` and `service` may be there as well. */
export function readSessionRequest(call: Call, claims: Claims): SessionRequest {
  const { alternativeIps = [], service } = claims
  const problems = commonProblems(claims)
  if (!Array.isArray(alternativeIps) || !alternativeIps.every(isAddress)) {
    problems.push({ field: 'alternativeIps', description: INVALID })
  }
  if (service !== undefined && (typeof service !== 'string' || service === '')) {
    problems.push({ field: 'service', description: INVALID })
  }
  checkMembers(call, problems)
  return request(claims, alternativeIps as readonly unknown[])
}

/** The body of `sso-browser-sessions`: one user at one address. */
export function readBrowserSessionRequest(call: Call, claims: Claims): SessionRequest {
  const problems = commonProblems(claims)
  for (const field of ['alternativeIps', 'service']) {
    if (field in claims) problems.push({ field, description: 'Unknown parameter' })
  }
  checkMembers(call, problems)
  return request(claims, [])
}

function commonProblems({ credential, ip }: Claims): InvalidArgument[] {
  const problems: InvalidArgument[] = []
  if (credential === undefined || credential === '') {
    problems.push({ field: 'credential', description: MISSING })
  } else if (typeof credential !== 'string') {
    problems.push({ field: 'credential', description: INVALID })
  }
  if (ip === undefined || ip === '') problems.push({ field: 'ip', description: MISSING })
  else if (!isAddress(ip)) problems.push({ field: 'ip', description: INVALID })
  return problems
}

function checkMembers(call: Call, problems: readonly InvalidArgument[]): void {
  const complete = problems.length === 0
  const wrong = problems.map(({ field, description }) => `${field}: ${description}`).join(', ')
  const detail = complete ? 'credential and one plain ip' : wrong
  check(call, complete, { name: 'members', detail, refuse: () => invalidArguments(problems) })
}

function request(claims: Claims, alternatives: readonly unknown[]): SessionRequest {
  const addresses = [claims['ip'], ...alternatives].flatMap((ip) => readIpAddress(ip) ?? [])
  return { credential: String(claims['credential']), addresses }
}

function isAddress(value: unknown): boolean {
  return readIpAddress(value) !== undefined
}
