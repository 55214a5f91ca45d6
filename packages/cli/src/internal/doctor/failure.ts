/** A call that failed, as a finding. */
import { describeError } from '../describe-error.ts'
import { explainNetwork, networkCode } from '../network.ts'
import type { Finding } from './findings.ts'

/** Code, message and remedy of an error; the platform's word for a connection that failed beside. */
export function failureOf(
  error: unknown,
  host?: string,
): Pick<Finding, 'code' | 'message' | 'traceId' | 'remedy'> {
  const { code, message: told, traceId } = describeError(error)
  const message = told.replace(HELD_BACK, ' Repeated logins are punished: mend it before the next.')
  const network = networkCode(error)
  const trace = typeof traceId === 'string' ? { traceId } : {}
  if (!/_(?:NETWORK|TIMEOUT)$/.test(code) && code !== network) return { code, message, ...trace }
  const { reason, remedy } = explainNetwork(network)
  const isTimeout = /_TIMEOUT$/.test(code) && network === undefined
  return {
    code: network === undefined || network === code ? code : `${code}, ${network}`,
    message: `no answer${host === undefined ? '' : ` from ${host}`}: ${isTimeout ? 'it took too long' : reason}`,
    ...trace,
    remedy: remedy[0]?.toLowerCase() + remedy.slice(1),
  }
}

/** What a client says of its memory, which ends with this run: the next one signs in at once. */
const HELD_BACK =
  / Sign-in is held back until [\dT:.Z-]{20,30}, since repeated logins are punished; until then this error is given from memory\./
