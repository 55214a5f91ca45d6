/** What the edge refuses, and how it answers. */
import { CodedError } from '@isoauth/core-crypto'

export type EdgeErrorCode =
  /** A setting is missing or malformed; `option` names the variable. Nothing is served. */
  | 'EDGE_OPTION_INVALID'
  /** The upstream is not loopback and nothing checks who the person is. Nothing is served. */
  | 'EDGE_UPSTREAM_REFUSED'
  /** The port is taken, or the host is no address of this machine. Nothing is served. */
  | 'EDGE_LISTEN_FAILED'
  | 'EDGE_HOST_REFUSED'
  | 'EDGE_ORIGIN_REFUSED'
  | 'EDGE_NOT_FOUND'
  | 'EDGE_METHOD_REFUSED'
  | 'EDGE_SIGN_IN_REFUSED'
  | 'EDGE_IDENTITY_KEYS_FAILED'
  | 'EDGE_SESSION_INVALID'
  | 'EDGE_CALL_REFUSED'
  | 'EDGE_BODY_REFUSED'
  | 'EDGE_UPSTREAM_FAILED'
  | 'EDGE_INTERNAL'

/** Thrown with the HTTP status of the refusal in `status`; without one it stops the start. */
export class EdgeError extends CodedError<EdgeErrorCode> {
  override readonly name = 'EdgeError' as const
}

/** The refusal of a request. */
export function refusal(code: EdgeErrorCode, status: number, message: string): EdgeError {
  return new EdgeError(message, { code, status })
}

/** The refusal of a setting: names the variable and the form, never the value. */
export function settingError(option: string, form: string): EdgeError {
  return new EdgeError(`${option} must be ${form}.`, { code: 'EDGE_OPTION_INVALID', option })
}
