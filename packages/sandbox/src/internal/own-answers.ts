/** The rules of `sandbox.respond`: answers that a test supplies, given only where the call's credentials were found right. */
import { checkNames, isObject, optionError } from './errors.ts'
import { matchPath, pathBelowBase } from './paths.ts'
import type { RequestRecord } from './request-record.ts'

/** An answer in parts; `json` or `body`, not both. */
export interface SandboxAnswer {
  /** 200 to 599; 200 by default. */
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Any JSON value; sent as `application/json`. */
  readonly json?: unknown
  /** A text, sent as it is. */
  readonly body?: string | undefined
}

/** A call that was let in, as a function that answers it sees it. */
export interface AnsweredCall {
  readonly method: string
  /** Path as it stood on the wire. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Headers
  /** What stands in the path where the rule has a name in braces, as on the wire. */
  readonly parameters: Readonly<Record<string, string>>
  /** The body as text; empty without one. */
  readonly body: string
  /** Who is signed in: a user name; below `/gw` the client id, at UltraCart the user's login or `application`. */
  readonly username: string
}

/** Answers one call; `undefined` leaves it to the sandbox. What it throws, the caller's `fetch` rejects with. */
export type AnswerFunction = (
  call: AnsweredCall,
) => SandboxAnswer | Response | undefined | Promise<SandboxAnswer | Response | undefined>

/** What `respond` takes: one answer for every call, a function of the call, or answers in turn. */
export type SandboxAnswers =
  | SandboxAnswer
  | Response
  | AnswerFunction
  | readonly (SandboxAnswer | Response | AnswerFunction)[]

/** Which calls, and how often. */
export interface RespondOptions {
  /** Such as `POST`; every method by default. */
  readonly method?: string | undefined
  /** How many calls are answered so; every one by default. `1` answers once. */
  readonly times?: number | undefined
}

/** @internal What is read of a request under way. */
export interface AnswerableCall {
  readonly request: Request
  /** Path as it stood on the wire. */
  readonly path: string
  /** Query as it stood on the wire; `undefined` without a question mark. */
  readonly query: string | undefined
  readonly record: RequestRecord
  /** The body as text, read once. */
  body(): Promise<string>
}

type Step = SandboxAnswer | Response | AnswerFunction

interface Rule {
  readonly path: string
  readonly method: string | undefined
  readonly steps: readonly Step[]
  taken: number
  readonly times: number
}

/** How many rules may be there at a time. */
const RULE_LIMIT = 1000

/** @internal The rules of `respond`; a later one goes before an earlier one. */
export class OwnAnswers {
  #rules: Rule[] = []

  /** Adds a rule; the function that is returned takes it back. */
  add(path: string, answers: SandboxAnswers, options: RespondOptions = {}): () => void {
    const rule = checkRule(path, answers, options)
    if (this.#rules.length >= RULE_LIMIT) {
      throw optionError('respond', `no more than ${RULE_LIMIT} rules; take some back, or reset`)
    }
    this.#rules.unshift(rule)
    return () => {
      this.#rules = this.#rules.filter((candidate) => candidate !== rule)
    }
  }

  /** True while a rule is there for such a call. */
  has({ path, record }: Pick<AnswerableCall, 'path' | 'record'>): boolean {
    return this.#find(path, record.method) !== undefined
  }

  /** The answer to a call that was let in; `undefined` where the sandbox answers by itself. */
  async answer(call: AnswerableCall, username: string): Promise<Response | undefined> {
    const found = this.#find(call.path, call.record.method)
    if (!found) return undefined
    const { rule, parameters } = found
    const step = rule.steps[Math.min(rule.taken, rule.steps.length - 1)]
    rule.taken++
    if (rule.taken >= rule.times) this.#rules = this.#rules.filter((other) => other !== rule)
    const given =
      typeof step === 'function' ? await step(await describe(call, username, parameters)) : step
    if (given === undefined) return undefined
    const response = toResponse(given)
    call.record.responded = true
    return response
  }

  #find(path: string, method: string) {
    for (const rule of this.#rules) {
      const parameters = matchPath(rule.path, path) ?? matchPath(rule.path, pathBelowBase(path))
      const fits = rule.method === undefined || rule.method === method
      if (parameters && fits) return { rule, parameters }
    }
    return undefined
  }
}

async function describe(
  call: AnswerableCall,
  username: string,
  parameters: Readonly<Record<string, string>>,
): Promise<AnsweredCall> {
  return {
    method: call.record.method,
    path: call.path,
    query: new URLSearchParams(call.query ?? ''),
    headers: new Headers(call.request.headers),
    parameters,
    body: await call.body(),
    username,
  }
}

function toResponse(given: SandboxAnswer | Response): Response {
  if (!(given instanceof Response)) return responseOf(given)
  checkResponse(given)
  return given.clone()
}

function checkResponse({ status, bodyUsed, body }: Response): void {
  if (bodyUsed || body?.locked)
    throw optionError('answer', 'a Response whose body was not read yet')
  if (status < 200) {
    throw optionError(
      'answer',
      'a Response with a status from 200; a connection that breaks is a fault of the kind "reset"',
    )
  }
}

function responseOf(answer: SandboxAnswer): Response {
  checkAnswer(answer)
  const { status = 200, json, body = null } = answer
  try {
    const headers = new Headers(answer.headers)
    if (json === undefined) return new Response(body, { status, headers })
    if (!headers.has('content-type')) headers.set('content-type', 'application/json;charset=utf-8')
    return new Response(textOf(json), { status, headers })
  } catch {
    throw optionError(
      'answer',
      'an answer that can be sent: json a value that JSON can hold, no body with 204, 205 or 304, and headers of names and texts',
    )
  }
}

/** JSON as text; of a function or a symbol there is none. */
function textOf(json: unknown): string {
  const text: string | undefined = JSON.stringify(json)
  if (text === undefined) throw new TypeError()
  return text
}

function checkRule(path: string, answers: SandboxAnswers, options: RespondOptions): Rule {
  if (typeof path !== 'string' || !/^\/[^?#]*$/.test(path)) {
    throw optionError(
      'path',
      'a path that begins with "/", without a query, such as /portfolio/{accountId}/summary',
    )
  }
  if (!isObject(options)) throw optionError('options', 'an object with method or times')
  checkNames(options, ['method', 'times'])
  const { method, times } = options
  if (method !== undefined && !(typeof method === 'string' && /^[A-Z]+$/.test(method))) {
    throw optionError('method', 'a method in capital letters, such as POST')
  }
  if (times !== undefined && !(Number.isSafeInteger(times) && times >= 1)) {
    throw optionError('times', 'a whole number from 1')
  }
  const steps: readonly Step[] = Array.isArray(answers) ? answers : [answers as Step]
  if (steps.length === 0) throw optionError('answer', 'an array with one answer at least')
  for (const step of steps) checkStep(step)
  return { path, method, steps, taken: 0, times: times ?? Number.POSITIVE_INFINITY }
}

function checkStep(step: Step): void {
  if (typeof step === 'function') return
  // What cannot be sent is told here, not to the client.
  if (step instanceof Response) checkResponse(step)
  else responseOf(step)
}

function checkAnswer(answer: SandboxAnswer): void {
  if (!isObject(answer)) {
    throw optionError('answer', '{ status?, headers?, json?, body? }, a Response, or a function')
  }
  const { status = 200, json, body } = answer
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw optionError('status', '200 to 599')
  }
  if (body !== undefined && typeof body !== 'string') {
    throw optionError('body', 'a text; an object is given as json')
  }
  if (body !== undefined && json !== undefined) throw optionError('body', 'json or body, not both')
  const known = ['status', 'headers', 'json', 'body']
  const unknown = Object.keys(answer).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw optionError('answer', `"${unknown}" is no part of an answer; give JSON as { json: … }`)
  }
}
