/** What is said of an error: messages of this project hold no secret, foreign ones may quote input. */
import { CodedError } from '@isoauth/core-crypto'
import { explainNetwork, networkCode } from './network.ts'

export interface ErrorDescription {
  readonly code: string
  readonly message: string
  readonly [detail: string]: unknown
}

/**
 * The fields of an error that may be shown.
 *
 * @param host - where the last request went, for one that got no answer
 */
export function describeError(error: unknown, host?: string): ErrorDescription {
  const fields = ownFields(error)
  const network = networkCode(error)
  const isConnection = fields === undefined ? network !== undefined : /_NETWORK$/.test(fields.code)
  if (isConnection && network === undefined && fields?.['nextAttemptAtMs'] !== undefined) {
    // Of an attempt that was made here the cause is known.
    const until = new Date(Number(fields['nextAttemptAtMs'])).toISOString()
    return {
      ...fields,
      message: `Sign-in got no answer in a run before this one, and is held back until ${until}, since repeated logins are punished. Wait until then, or sign in at once with --no-cache.`,
    }
  }
  if (isConnection) {
    const { reason, remedy } = explainNetwork(network)
    const where = host ?? 'the service'
    const told = network === undefined || network === 'NETWORK' ? '' : ` (${network})`
    return {
      code: network ?? 'NETWORK',
      ...fields,
      message: `No answer from ${where}: ${reason}${told}. ${remedy}`,
      ...(network !== undefined && { network }),
      ...(host !== undefined && { host }),
    }
  }
  if (fields !== undefined) return { ...fields, message: inOwnWords(fields.message) }
  const { name } = Object(error) as { readonly name?: unknown }
  return {
    code: typeof name === 'string' ? name : 'UNKNOWN',
    message:
      'An unforeseen error; its message is kept back, as it may quote input. Please report it.',
  }
}

/** An option of a client as that of the command, which is what can be given here. */
function inOwnWords(message: string): string {
  return withMaxTime(
    message.replace(
      ', and compete is false: sign out there, or open with compete: true, which ends theirs.',
      ': sign out there, or take it with --compete, which ends theirs.',
    ),
  )
}

/** A time limit in the words of the command, which has no option `timeoutMs`. */
function withMaxTime(message: string): string {
  const [told, ms] = /within timeoutMs \((\d{1,12}) ms\)/.exec(message) ?? []
  if (told === undefined) return message
  const inSeconds = message.replace(told, `within ${Number(ms) / 1000} s`)
  return `${inSeconds} isoauth request waits longer with --max-time.`
}

/** The sandbox is not loaded for its class alone: its errors are known by their name. */
function ownFields(error: unknown): ErrorDescription | undefined {
  const { name, toJSON } = Object(error) as { name?: unknown; toJSON?: () => object }
  if (!(error instanceof CodedError) && !(name === 'SandboxError' && toJSON)) return undefined
  const { name: _name, ...fields } = (error as CodedError<string>).toJSON()
  return { ...fields, docs: (error as CodedError<string>).docs } as unknown as ErrorDescription
}
