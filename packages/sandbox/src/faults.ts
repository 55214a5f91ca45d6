/** Faults on demand: what goes wrong on the way to a real service, played on request. */
import { optionError } from './errors.ts'

export type FaultKind =
  | 'status'
  | 'respond'
  | 'reset'
  | 'slow'
  | 'html'
  | 'truncated'
  | 'merge-patch'
  | 'retry-after'
  | 'wrong-lst-signature'
  | 'dh-response-one'
  | 'clock-skew'

/** One fault; the README's table says what `status` and `value` mean for each kind. */
export interface FaultRule {
  /**
   * Which requests: a path (`/v1/api/tickle`), the same without its base (`/tickle`), or a folder
   * above it (`/v1/api`). `*` or `/` means every path.
   */
  readonly path: string
  /** How many requests it befalls; 1 by default. */
  readonly times?: number | undefined
  readonly kind: FaultKind
  readonly status?: number | undefined
  readonly value?: unknown
}

/** @internal The faults that befall one request. */
export interface DueFaults {
  readonly skewMs: number
  readonly rule: FaultRule | undefined
}

const KINDS: readonly FaultKind[] = [
  'status',
  'respond',
  'reset',
  'slow',
  'html',
  'truncated',
  'merge-patch',
  'retry-after',
  'wrong-lst-signature',
  'dh-response-one',
  'clock-skew',
]
const BASES: readonly string[] = [
  '/v1/api',
  '/tradingapi/v1',
  '/oauth2/api/v1',
  '/gw/api/v1',
  '/rest/v2',
]
const TOKEN_PATH = '/oauth/live_session_token'

/** @internal Keeps the rules that have not been used up, oldest first. */
export class FaultPlan {
  #rules: { readonly rule: FaultRule; left: number }[] = []

  add(rule: FaultRule): void {
    const checked = checkRule(rule)
    this.#rules.push({ rule: checked, left: checked.times ?? 1 })
  }

  clear(): void {
    this.#rules = []
  }

  /** The rules still waiting, with `times` as what is left. */
  pending(): FaultRule[] {
    return this.#rules.map(({ rule, left }) => ({ ...rule, times: left }))
  }

  /** Takes what befalls a request: every matching clock skew, and the first other rule. */
  take(path: string): DueFaults {
    let skewMs = 0
    let rule: FaultRule | undefined
    for (const entry of this.#rules) {
      if (!matches(entry.rule, path)) continue
      if (entry.rule.kind === 'clock-skew') skewMs += Number(entry.rule.value)
      else if (rule) continue
      else rule = entry.rule
      entry.left--
    }
    this.#rules = this.#rules.filter(({ left }) => left > 0)
    return { skewMs, rule }
  }
}

function matches({ kind, path }: FaultRule, requestPath: string): boolean {
  const onToken = kind === 'wrong-lst-signature' || kind === 'dh-response-one'
  if (onToken && !requestPath.endsWith(TOKEN_PATH)) return false
  if (path === '*' || path === '/') return true
  const base = BASES.find((candidate) => requestPath.startsWith(`${candidate}/`))
  const forms = base ? [requestPath, requestPath.slice(base.length)] : [requestPath]
  const wanted = path.replace(/\/?\*?$/, '')
  return forms.some((form) => form === wanted || form.startsWith(`${wanted}/`))
}

function checkRule(rule: FaultRule): FaultRule {
  if (typeof rule !== 'object' || rule === null) throw optionError('fault', 'an object is required')
  const { path, times, kind, status, value } = rule
  if (typeof path !== 'string' || !/^[/*]/.test(path)) {
    throw optionError('path', 'a path that begins with "/", or "*"')
  }
  if (!KINDS.includes(kind)) throw optionError('kind', `one of ${KINDS.join(', ')}`)
  if (times !== undefined && !(Number.isSafeInteger(times) && times >= 1)) {
    throw optionError('times', 'a whole number from 1')
  }
  if (kind === 'status' && status === undefined) throw optionError('status', 'needed for "status"')
  if (status !== undefined && !isStatus(status)) throw optionError('status', '200 to 599')
  checkValue(kind, value)
  return {
    path,
    kind,
    ...(times === undefined ? {} : { times }),
    ...(status === undefined ? {} : { status }),
    ...(value === undefined ? {} : { value }),
  }
}

function checkValue(kind: FaultKind, value: unknown): void {
  const optional = value === undefined
  if (kind === 'respond' && !isRespondValue(value)) {
    throw optionError('value', '{ status, headers?, body?, processed? } for "respond"')
  }
  if (kind === 'reset' && !optional && value !== 'before' && value !== 'after') {
    throw optionError('value', '"before" or "after" for "reset"')
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (kind === 'merge-patch' && !isObject) {
    throw optionError('value', 'an object, what changes in the JSON answer, for "merge-patch"')
  }
  if (kind === 'clock-skew' && !Number.isSafeInteger(value)) {
    throw optionError('value', 'milliseconds, a whole number, for "clock-skew"')
  }
  if (kind === 'slow' && !optional && !isDelay(value)) {
    throw optionError('value', 'milliseconds, or { headers, body } in milliseconds, for "slow"')
  }
  const retry = typeof value === 'string' || (typeof value === 'number' && value >= 0)
  if (kind === 'retry-after' && !optional && !retry) {
    throw optionError('value', 'seconds or an HTTP date for "retry-after"')
  }
}

function isStatus(status: unknown): boolean {
  return Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599
}

function isRespondValue(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { status, headers } = value as { status?: unknown; headers?: unknown }
  if (status !== undefined && !isStatus(status)) return false
  return (
    headers === undefined ||
    (typeof headers === 'object' &&
      headers !== null &&
      Object.values(headers).every((text) => typeof text === 'string'))
  )
}

function isDelay(value: unknown): boolean {
  if (typeof value === 'number') return value >= 0 && value <= 600_000
  if (typeof value !== 'object' || value === null) return false
  const { headers = 0, body = 0 } = value as { headers?: unknown; body?: unknown }
  return isDelay(Number(headers)) && isDelay(Number(body))
}
