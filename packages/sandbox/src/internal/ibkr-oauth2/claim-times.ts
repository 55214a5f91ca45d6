/** `exp`, `iat` and `nbf` (RFC 7519 section 4.1): whole seconds, within what is sensible. */
import { type Call, check } from '../call.ts'

/** How far ahead of the sandbox's clock `iat` and `nbf` may lie, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 120

/** From here on a number is a time in milliseconds: as seconds it would be the year 5138. */
const MILLISECONDS_FROM = 100_000_000_000

export interface TimeRules {
  /** The longest time from now, or from an `iat` that lies ahead, to `exp`, in seconds. */
  readonly maxLifetimeSeconds: number
  readonly iatRequired: boolean
  readonly refuse: () => Response
}

/** Checks the times; gives `exp` in milliseconds. */
export function checkClaimTimes(
  call: Call,
  claims: Readonly<Record<string, unknown>>,
  { maxLifetimeSeconds, iatRequired, refuse }: TimeRules,
): number {
  const now = call.now / 1000
  const exp = seconds(call, { claims, name: 'exp', refuse })
  const iat = seconds(call, { claims, name: 'iat', refuse })
  const nbf = seconds(call, { claims, name: 'nbf', refuse })
  check(call, exp !== undefined, { name: 'exp', detail: 'exp is required', refuse })
  const late = Math.ceil(now - exp)
  check(call, exp > now, {
    name: 'exp',
    detail: exp > now ? 'not expired' : `it expired ${late} s ago`,
    refuse,
  })
  check(call, iat !== undefined || !iatRequired, {
    name: 'iat',
    detail: 'iat is there where required',
    refuse,
  })
  checkNotAhead(call, { name: 'iat', time: iat, now, refuse })
  checkNotAhead(call, { name: 'nbf', time: nbf, now, refuse })
  // Clients sign some seconds back, so that a clock that is ahead does no harm: these do not count.
  const lifetime = Math.ceil(exp - Math.max(iat ?? now, now))
  const sensible = lifetime > 0 && lifetime <= maxLifetimeSeconds
  const limit = `exp lies at most ${maxLifetimeSeconds} s ahead`
  check(call, sensible, {
    name: 'lifetime',
    detail: sensible ? limit : `it is ${lifetime} s; ${limit}`,
    refuse,
  })
  return exp * 1000
}

function checkNotAhead(
  call: Call,
  {
    name,
    time,
    now,
    refuse,
  }: {
    readonly name: 'iat' | 'nbf'
    readonly time: number | undefined
    readonly now: number
    readonly refuse: () => Response
  },
): void {
  if (time === undefined) return
  const ahead = Math.ceil(time - now)
  const fits = ahead <= CLOCK_TOLERANCE_SECONDS
  const limit = `at most ${CLOCK_TOLERANCE_SECONDS} s ahead of the sandbox's clock`
  check(call, fits, { name, detail: fits ? limit : `it is ${ahead} s ahead; ${limit}`, refuse })
}

/** The claim as a number of seconds; `undefined` when it is not there. */
function seconds(
  call: Call,
  {
    claims,
    name,
    refuse,
  }: {
    readonly claims: Readonly<Record<string, unknown>>
    readonly name: 'exp' | 'iat' | 'nbf'
    readonly refuse: () => Response
  },
): number | undefined {
  const value = claims[name]
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    check(call, false, { name, detail: `${name} has to be a number of whole seconds`, refuse })
  } else if (value >= MILLISECONDS_FROM) {
    check(call, false, {
      name,
      detail: `${name} has to be in seconds; these are milliseconds`,
      refuse,
    })
  }
  return Number(value)
}
