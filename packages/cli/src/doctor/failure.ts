/** A call that failed, as a finding. */
import { describeError, networkCode } from '../describe-error.ts'
import type { Finding } from './findings.ts'

const OWN_SIDE = /_(NETWORK|TIMEOUT)$/

/** Code, message and remedy of an error; the platform's word for a connection that failed beside. */
export function failureOf(
  error: unknown,
): Pick<Finding, 'code' | 'message' | 'traceId' | 'remedy'> {
  const { code, message, traceId } = describeError(error)
  const network = networkCode(error)
  const isOwnSide = OWN_SIDE.test(code) || code === network
  return {
    code: network === undefined || network === code ? code : `${code}, ${network}`,
    message: isOwnSide
      ? `no answer: ${REASONS[network ?? ''] ?? 'the connection failed'}`
      : message,
    ...(typeof traceId === 'string' && { traceId }),
    ...(isOwnSide && {
      remedy:
        'check baseUrl and the network. Where a proxy is needed: NODE_USE_ENV_PROXY=1 makes newer Node use HTTPS_PROXY.',
    }),
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host has no address',
  EAI_AGAIN: 'names cannot be looked up',
  ETIMEDOUT: 'the connection timed out',
  ECONNRESET: 'the connection was reset',
  CERT_HAS_EXPIRED: "the server's certificate has expired, or this clock is wrong",
}
