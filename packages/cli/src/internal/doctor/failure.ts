/** A call that failed, as a finding. */
import { withoutHoldBack } from '@isoauth/core-client'
import { describeError } from '../describe-error.ts'
import { explainNetwork, networkCode } from '../network.ts'
import type { Finding } from './findings.ts'

/** Code, page, message and remedy of an error; the platform's word for a connection that failed beside. */
export function failureOf(
  error: unknown,
  host?: string,
): Pick<Finding, 'code' | 'docs' | 'message' | 'traceId' | 'remedy'> {
  const { code, message: told, traceId, docs } = describeError(error)
  // A client's memory ends with this run: the next one signs in at once.
  const bare = withoutHoldBack(told)
  const message =
    bare === told ? told : `${bare} Repeated logins are punished: mend it before the next.`
  const network = networkCode(error)
  const more = {
    ...(typeof docs === 'string' && { docs }),
    ...(typeof traceId === 'string' && { traceId }),
  }
  if (!/_(?:NETWORK|TIMEOUT)$/.test(code) && code !== network) return { code, message, ...more }
  const { reason, remedy } = explainNetwork(network)
  const isTimeout = /_TIMEOUT$/.test(code) && network === undefined
  return {
    code: network === undefined || network === code ? code : `${code}, ${network}`,
    message: `no answer${host === undefined ? '' : ` from ${host}`}: ${isTimeout ? 'it took too long' : reason}`,
    ...more,
    remedy: remedy[0]?.toLowerCase() + remedy.slice(1),
  }
}
