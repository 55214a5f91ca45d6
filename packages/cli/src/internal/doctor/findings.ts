/** What the doctor found, with what to do about it. No finding holds a secret. */
import type { CodedError } from '@isoauth/core-crypto'

/** `note`: worth knowing; `warning`: works, and may not elsewhere; `skipped`: could not be looked at. */
export type Level = 'ok' | 'note' | 'warning' | 'problem' | 'skipped'

export interface Finding {
  /** `ibkr.oauth1`, or `config` for the configuration as a whole. */
  readonly service: string
  /** A setting, or a step such as `handshake`. */
  readonly check: string
  readonly level: Level
  readonly message: string
  readonly code?: string | undefined
  /** The address of the page about the code. */
  readonly docs?: string | undefined
  /** The server's number for the request, for its support. */
  readonly traceId?: string | undefined
  /** What may be behind it, the likeliest first. */
  readonly causes?: readonly string[] | undefined
  readonly remedy?: string | undefined
}

/** The code of an error of this project, with the page about it. */
export function codeAndPage({ code, docs }: CodedError<string>): Pick<Finding, 'code' | 'docs'> {
  return { code, docs }
}

/** Where findings go; each is told at once. */
export interface Report {
  add(finding: Omit<Finding, 'service'>): void
  /** True once a problem was added. */
  readonly hasProblem: boolean
}

/** A message of this project with its remedy apart: `…, this is encrypted. Remedy: openssl …`. */
export function splitRemedy(message: string): Pick<Finding, 'message' | 'remedy'> {
  const [text = '', remedy] = message.split(/\. Remedy: /)
  return { message: text.replace(/^Option \w+: /, ''), remedy }
}
