/** Sends signed requests to the sandbox; a refusal comes with the reason that its record gives. */
import { wordsOfRefusal } from './check-words.ts'
import { type Judgement, judgementOf, type Service, StepFailed } from './service.ts'

export interface SignedRequest {
  readonly method: string
  readonly url: string
  readonly authorization: string
  /** What was signed, with `<prefix>` for a secret prefix, as the sandbox's record writes it. */
  readonly baseString: string
}

export interface Sent {
  readonly status: number
  readonly text: string
  readonly judgement: Judgement
  /** From the first byte sent to the last one read. */
  readonly ms: number
}

/**
 * @throws {@link StepFailed} for any status but 200
 */
export async function send(service: Service, request: SignedRequest): Promise<Sent> {
  const { method, url, authorization } = request
  const start = performance.now()
  const response = await service.fetch(url, { method, headers: { authorization } })
  const text = await response.text()
  const ms = performance.now() - start
  const judgement = await judgementOf(service, new URL(url).pathname)
  if (response.status === 200) return { status: response.status, text, judgement, ms }
  const { refused = 'no reason was recorded' } = judgement
  const [, reason = refused, expected] = /^(.*?); expected base string: (.*)$/s.exec(refused) ?? []
  throw new StepFailed(`The broker answered ${response.status}: ${errorOf(text)}`, {
    answered: `${response.status}, refused`,
    reason: `by the record of the sandbox, ${wordsOfRefusal(reason)}`,
    remedy: remedyFor(reason, expected === request.baseString),
    ...(expected !== undefined && {
      fields: [{ name: 'Base string that the broker expected', value: expected }],
    }),
  })
}

function errorOf(text: string): string {
  try {
    const { error } = Object(JSON.parse(text)) as { readonly error?: unknown }
    return typeof error === 'string' ? error : text
  } catch {
    return text
  }
}

function remedyFor(reason: string, isSameBaseString: boolean): string {
  if (isSameBaseString) {
    return 'The broker computed the same base string as the page, so the key is the cause: it is not the one that was registered. Register its public half, or sign with the registered key.'
  }
  if (/^consumer:/.test(reason)) {
    return 'Send the consumer key as the portal shows it: capital letters, no blanks. A sandbox that was started anew knows no consumer of before: start again.'
  }
  if (/^clock:/.test(reason)) {
    return "Set the clock, or take the time from the answer's Date header."
  }
  return 'Take the request to the signature inspector to see what the broker computed.'
}
