/** Faults on demand: what goes wrong on the way to a real service, played on request. */
import { checkNames, isDuration, isObject, optionError } from './errors.ts'
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

const TOKEN_PATH = '/oauth/live_session_token'
/** How many rules may wait at a time. */
const RULE_LIMIT = 1000
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
  if (!isObject(rule)) throw optionError('fault', 'an object is required')
  checkNames(rule, ['path', 'times', 'kind', 'status', 'value'])
  const { path, times, kind, status, value } = rule
  if (typeof path !== 'string' || !/^[/*]/.test(path) || path.length > PATH_LIMIT) {
    throw optionError(
      'path',
      `a path that begins with "/", or "*"; ${PATH_LIMIT} characters at most`,
    )
  }
  const kinds = faultKinds()
  const names = Object.keys(kinds)
  if (!names.includes(kind)) throw optionError('kind', `one of ${names.join(', ')}`)
  if (times !== undefined && !(Number.isSafeInteger(times) && times >= 1)) {
    throw optionError('times', 'a whole number from 1')
  }
  const { playsStatus, value: [fits, expected] = ANY_VALUE } = kinds[kind]
  if (kind === 'status' && status === undefined) throw optionError('status', 'needed for "status"')
  if (status !== undefined) {
    if (!isStatus(status)) throw optionError('status', '200 to 599')
    if (kind !== 'status' && playsStatus && mayNotHaveBody(status)) {
      throw optionError('status', `one that can have a body, for "${kind}"`)
    }
  }
  if (value !== undefined && !isJson(value)) {
    throw optionError(
      'value',
      `JSON of at most ${DEPTH_LIMIT} levels and ${VALUE_LIMIT} characters`,
    )
  }
  const isLeftOut = value === undefined && !NEEDING_VALUE.includes(kind)
  if (!isLeftOut && !fits(value)) throw optionError('value', `${expected}, for "${kind}"`)
  return {
    path,
    kind,
    ...(times === undefined ? {} : { times }),
    ...(status === undefined ? {} : { status }),
    ...(value === undefined ? {} : { value }),
  }
}

const NEEDING_VALUE: readonly FaultKind[] = ['respond', 'merge-patch', 'clock-skew']

type ValueRule = readonly [fits: (value: unknown) => boolean, expected: string]

/** Of kinds that play none. */
const ANY_VALUE: ValueRule = [() => true, '']

/** Every kind there is, whether it plays a status, and what its value has to be. */
function faultKinds(): Readonly<
  Record<FaultKind, { readonly playsStatus?: true; readonly value?: ValueRule }>
> {
  return {
    status: { playsStatus: true },
    respond: {
      value: [
        isRespondValue,
        '{ status, headers?, body?, processed? }, where headers are names with texts that can stand in ' +
          'an answer, content-length and transfer-encoding apart',
      ],
    },
    reset: {
      value: [(value) => value === 'before' || value === 'after', '"before" or "after"'],
    },
    slow: { value: [isDelay, 'milliseconds, or { headers, body } in milliseconds'] },
    html: { playsStatus: true },
    truncated: {},
    'merge-patch': { value: [isObject, 'an object, what changes in the JSON answer'] },
    'retry-after': {
      playsStatus: true,
      value: [
        (value) => isHeaderText(value) || (typeof value === 'number' && value >= 0),
        'seconds or an HTTP date',
      ],
    },
    'wrong-lst-signature': {},
    'dh-response-one': {
      value: [(value) => typeof value === 'string', 'a text, such as hexadecimal digits'],
    },
    'clock-skew': { value: [isSkew, 'milliseconds, a whole number within a hundred years'] },
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
  if (!isObject(value)) return false
  const { status, headers } = value as { status?: unknown; headers?: unknown }
  if (status !== undefined && !isStatus(status)) return false
  if (headers === undefined) return true
  if (!isObject(headers)) return false
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
  return typeof value === 'number' && isDuration(Math.abs(value))
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
  if (!isObject(value)) return false
  const { headers = 0, body = 0 } = value as { headers?: unknown; body?: unknown }
  return isDelay(Number(headers)) && isDelay(Number(body))
}
