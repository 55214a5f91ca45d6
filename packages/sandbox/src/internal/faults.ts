/** Faults on demand: what goes wrong on the way to a real service, played on request. */
import { checkNames, optionError } from './errors.ts'
import { pathBelowBase } from './paths.ts'

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
const WITH_STATUS: readonly FaultKind[] = ['status', 'html', 'retry-after']
const WITHOUT_VALUE: readonly FaultKind[] = ['html', 'truncated', 'wrong-lst-signature']
const TOKEN_PATH = '/oauth/live_session_token'
/** How many rules may wait at a time. */
const RULE_LIMIT = 1000
/** How far one rule may put the clock off, either way, in milliseconds: a hundred years. */
const SKEW_LIMIT_MS = 3_155_760_000_000
const PATH_LIMIT = 2048
/** The longest `value` as JSON, in characters, and how many levels it may have. */
const VALUE_LIMIT = 1_048_576
const DEPTH_LIMIT = 100

/** @internal Keeps the rules that have not been used up, oldest first. */
export class FaultPlan {
  #rules: { readonly rule: FaultRule; left: number }[] = []

  add(rule: FaultRule): void {
    this.addAll([rule])
  }

  /** Adds all of them, or none when one is refused. */
  addAll(rules: readonly FaultRule[]): void {
    if (this.#rules.length + rules.length > RULE_LIMIT) {
      throw optionError('fault', `no more than ${RULE_LIMIT} rules can wait; take some back first`)
    }
    const checked = rules.map((rule) => checkRule(rule))
    this.#rules.push(...checked.map((rule) => ({ rule, left: rule.times ?? 1 })))
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
  const forms = [requestPath, pathBelowBase(requestPath)]
  const wanted = path.replace(/\/?\*?$/, '')
  return forms.some((form) => form === wanted || form.startsWith(`${wanted}/`))
}

function checkRule(rule: FaultRule): FaultRule {
  if (typeof rule !== 'object' || rule === null) throw optionError('fault', 'an object is required')
  checkNames(rule, ['path', 'times', 'kind', 'status', 'value'])
  const { path, times, kind, status, value } = rule
  if (typeof path !== 'string' || !/^[/*]/.test(path) || path.length > PATH_LIMIT) {
    throw optionError(
      'path',
      `a path that begins with "/", or "*"; ${PATH_LIMIT} characters at most`,
    )
  }
  if (!KINDS.includes(kind)) throw optionError('kind', `one of ${KINDS.join(', ')}`)
  if (times !== undefined && !(Number.isSafeInteger(times) && times >= 1)) {
    throw optionError('times', 'a whole number from 1')
  }
  if (kind === 'status' && status === undefined) throw optionError('status', 'needed for "status"')
  if (status !== undefined && !WITH_STATUS.includes(kind)) {
    throw optionError('status', `none for "${kind}", which would not play it`)
  }
  if (value !== undefined && WITHOUT_VALUE.includes(kind)) {
    throw optionError('value', `none for "${kind}", which would not play it`)
  }
  if (status !== undefined && !isStatus(status)) throw optionError('status', '200 to 599')
  if ((kind === 'html' || kind === 'retry-after') && mayNotHaveBody(status)) {
    throw optionError('status', `one that can have a body, for "${kind}"`)
  }
  if (value !== undefined && !isJson(value)) {
    throw optionError(
      'value',
      `JSON of at most ${DEPTH_LIMIT} levels and ${VALUE_LIMIT} characters`,
    )
  }
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
    throw optionError(
      'value',
      '{ status, headers?, body?, processed? } for "respond", where headers are names with texts ' +
        'that can stand in an answer, content-length and transfer-encoding apart',
    )
  }
  if (kind === 'reset' && !optional && value !== 'before' && value !== 'after') {
    throw optionError('value', '"before" or "after" for "reset"')
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (kind === 'merge-patch' && !isObject) {
    throw optionError('value', 'an object, what changes in the JSON answer, for "merge-patch"')
  }
  if (kind === 'clock-skew' && !isSkew(value)) {
    throw optionError(
      'value',
      'milliseconds, a whole number within a hundred years, for "clock-skew"',
    )
  }
  if (kind === 'dh-response-one' && !optional && typeof value !== 'string') {
    throw optionError('value', 'a text, such as hexadecimal digits, for "dh-response-one"')
  }
  if (kind === 'slow' && !optional && !isDelay(value)) {
    throw optionError('value', 'milliseconds, or { headers, body } in milliseconds, for "slow"')
  }
  const retry = isHeaderText(value) || (typeof value === 'number' && value >= 0)
  if (kind === 'retry-after' && !optional && !retry) {
    throw optionError('value', 'seconds or an HTTP date for "retry-after"')
  }
}

function isStatus(status: unknown): boolean {
  return Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599
}

/** True for statuses that an answer with a body cannot have (Fetch standard, "null body status"). */
export function mayNotHaveBody(status: number | undefined): boolean {
  return status === 204 || status === 205 || status === 304
}

function isRespondValue(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { status, headers } = value as { status?: unknown; headers?: unknown }
  if (status !== undefined && !isStatus(status)) return false
  if (headers === undefined) return true
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return false
  return Object.entries(headers).every(([name, text]) => canBeSent(name, text))
}

/** A server sets these itself: others than its own break the connection instead of an answer. */
const FRAMING: readonly string[] = ['connection', 'content-length', 'trailer', 'transfer-encoding']

function canBeSent(name: string, text: unknown): boolean {
  if (FRAMING.includes(name.toLowerCase()) || !isHeaderText(text)) return false
  try {
    new Headers([[name, text]])
    return true
  } catch {
    return false
  }
}

/** Printable Latin-1 and tabs (RFC 9110 section 5.5): the same in every runtime. */
function isHeaderText(text: unknown): text is string {
  return typeof text === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(text)
}

function isSkew(value: unknown): boolean {
  return Number.isSafeInteger(value) && Math.abs(Number(value)) <= SKEW_LIMIT_MS
}

/** True for what JSON can write, so that no answer fails later. */
function isJson(value: unknown): boolean {
  try {
    const text = JSON.stringify(value) ?? ''
    return text.length <= VALUE_LIMIT && isShallow(value, DEPTH_LIMIT)
  } catch {
    // What holds itself, a bigint, or more levels than the platform can walk.
    return false
  }
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1))
}

function isDelay(value: unknown): boolean {
  if (typeof value === 'number') return value >= 0 && value <= 600_000
  if (typeof value !== 'object' || value === null) return false
  const { headers = 0, body = 0 } = value as { headers?: unknown; body?: unknown }
  return isDelay(Number(headers)) && isDelay(Number(body))
}
