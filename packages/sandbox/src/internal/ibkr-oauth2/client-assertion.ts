/** The client assertion (RFC 7523 section 3): who asks for a token, proven by a signature. */
import { type Call, check } from '../call.ts'
import { checkClaimTimes } from './claim-times.ts'
import type { IbkrOAuth2Context } from './context.ts'
import { checkJws, type Jws, readJws } from './jws.ts'
import { simpleProblem } from './problem-details.ts'
import { checkJti } from './used-jwts.ts'

/** The longest life of an assertion, in seconds. */
const ASSERTION_LIFETIME_SECONDS = 600

/** The broker answers 400, not 401, and does not say what was wrong. */
const refuse = () => simpleProblem(400)

export async function checkClientAssertion(
  call: Call,
  context: IbkrOAuth2Context,
  assertion: string,
): Promise<void> {
  const { client, audiences, usedJwts } = context
  const jws = readJws(assertion)
  const form = typeof jws === 'string' ? jws : 'a compact JWS'
  check(call, typeof jws !== 'string', { name: 'assertion', detail: form, refuse })
  await checkJws(call, { client, jws, refuse })
  const { sub, aud } = jws.claims
  check(call, sub === client.clientId, {
    name: 'sub',
    detail: 'sub has to be the client id',
    refuse,
  })
  const named = typeof aud === 'string' && audiences.includes(aud)
  const hint = Array.isArray(aud) ? 'one string, not an array: ' : ''
  check(call, named, {
    name: 'aud',
    detail: `aud has to be ${hint}${audiences.join(' or ')}`,
    refuse,
  })
  const rules = { maxLifetimeSeconds: ASSERTION_LIFETIME_SECONDS, iatRequired: false, refuse }
  const expiresAtMs = checkClaimTimes(call, jws.claims, rules)
  checkJti(call, { used: usedJwts, jws, expiresAtMs, refuse })
  if (jws.claims['jti'] === undefined) checkRepetition(call, context, { jws, expiresAtMs })
}

/**
 * Without `jti`, two assertions that a client signs within one second are the same text, which no
 * server can tell from a replay; the broker's own sample sends none.
 */
function checkRepetition(
  call: Call,
  { usedJwts, refuseRepeatedAssertions }: IbkrOAuth2Context,
  {
    jws: { signingInput },
    expiresAtMs,
  }: {
    readonly jws: Jws
    readonly expiresAtMs: number
  },
): void {
  const fresh = usedJwts.take(`jws ${signingInput}`, expiresAtMs, call.now)
  const detail = fresh ? 'this assertion was not used before' : 'this assertion was used before'
  check(call, fresh || !refuseRepeatedAssertions, { name: 'replay', detail, refuse })
}
