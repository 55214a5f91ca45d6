/** What is said of an error: messages of this project hold no secret, foreign ones may quote input. */
import { CodedError } from '@isoauth/core-crypto'
import { SandboxError } from '@isoauth/sandbox'

export interface ErrorDescription {
  readonly code: string
  readonly message: string
  readonly [detail: string]: unknown
}

/** The fields of an error that may be shown. */
export function describeError(error: unknown): ErrorDescription {
  if (error instanceof CodedError || error instanceof SandboxError) {
    const { name: _name, ...fields } = error.toJSON()
    return fields
  }
  const network = networkCode(error)
  if (network !== undefined) {
    return {
      code: network,
      message: 'The request got no answer. Check the address, the network and any proxy.',
    }
  }
  const { name } = Object(error) as { readonly name?: unknown }
  return {
    code: typeof name === 'string' ? name : 'UNKNOWN',
    message:
      'An unforeseen error; its message is kept back, as it may quote input. Please report it.',
  }
}

/** What the platform calls a connection that failed (`ECONNREFUSED`, `ENOTFOUND` …). */
export function networkCode(error: unknown): string | undefined {
  const { cause, name, code, message } = Object(error) as Record<string, unknown>
  // A code of ours names what was tried; the platform's is in its cause.
  const isForeign = !(error instanceof CodedError) && typeof code === 'string'
  const own = isForeign && /^[A-Z][A-Za-z_]+$/.test(code) ? code : undefined
  if (cause !== undefined) return networkCode(cause) ?? own
  const isFetch = name === 'TypeError' && /fetch|network/i.test(String(message))
  return own ?? (isFetch ? 'NETWORK' : undefined)
}
