/** The sandbox's own errors: mistakes of whoever sets it up, never an answer to a client. */

/** Every code a {@link SandboxError} can carry. */
export type SandboxErrorCode =
  /** An option, a fault rule or a credential is missing or malformed. */
  | 'SANDBOX_OPTION_INVALID'
  /** The origin is not on the loopback interface and `allowPublic` was not given. */
  | 'SANDBOX_ORIGIN_PUBLIC'
  /** The URL given to `approve` or `refuse` is none of the sandbox's login or consent pages. */
  | 'SANDBOX_LOGIN_UNKNOWN'
  /** The time in which that login could be decided on is over. */
  | 'SANDBOX_LOGIN_EXPIRED'
  /** That login was decided on before. */
  | 'SANDBOX_LOGIN_USED'
  /** The credentials file holds something that no sandbox wrote, and was not replaced. */
  | 'SANDBOX_FILE_NOT_OWN'
  /** The file of the state is damaged, of another version, or written by another run meanwhile. */
  | 'SANDBOX_STATE_UNUSABLE'
  /** A file of the sandbox command cannot be read or written. */
  | 'SANDBOX_FILE_FAILED'
  /** The Node server could not listen on the port. */
  | 'SANDBOX_LISTEN_FAILED'

/** Where the pages about the codes are: each at its code in lower case. */
const ERROR_PAGES = 'https://isoauth.github.io/isoauth/errors/'

/** Thrown or rejected before anything is served; `code` is its identity, `option` the field meant. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError' as const
  readonly code: SandboxErrorCode
  readonly option: string | undefined

  constructor(
    message: string,
    details: { readonly code: SandboxErrorCode; readonly option?: string | undefined },
  ) {
    if (typeof details?.code !== 'string')
      throw optionError('details', 'an object with a code is required')
    super(message)
    this.code = details.code
    this.option = details.option
  }

  /** The address of the page about this code: its causes, and what to check in which order. */
  get docs(): string {
    return ERROR_PAGES + this.code.toLowerCase()
  }

  toJSON(): {
    name: string
    code: SandboxErrorCode
    message: string
    option: string | undefined
  } {
    return { name: this.name, code: this.code, message: this.message, option: this.option }
  }
}

/** @internal */
export function optionError(option: string, expected: string): SandboxError {
  return new SandboxError(`${option}: ${expected}`, { code: 'SANDBOX_OPTION_INVALID', option })
}

/**
 * @internal Refuses a name that nothing reads, usually a misspelt one, which would be passed over in silence.
 * `prefix` stands before the names in the error, such as `ultracart.`.
 */
export function checkNames(given: object, known: readonly string[], prefix = ''): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || known.includes(name)) continue
    throw optionError(
      prefix + name,
      `nothing here has this name, perhaps it is misspelt; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`,
    )
  }
}

/** @internal What {@link isDuration} takes, in words. */
export const DURATION = 'a whole number from 0, within a hundred years'

/** @internal Up to a hundred years, in milliseconds: what is added to it is still a time. */
export function isDuration(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= 3_155_760_000_000
}

/** @internal The length of time that was given, or the usual one. */
export function readDuration(option: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback
  if (!isDuration(value)) throw optionError(option, DURATION)
  return value
}

/** @internal */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
