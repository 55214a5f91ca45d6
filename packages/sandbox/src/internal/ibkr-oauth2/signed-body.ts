/** The security policy SIGNED_JWT: the whole body is a JWS of the client's, not JSON. */
import { type Call, check } from '../call.ts'
import { checkClaimTimes } from './claim-times.ts'
import type { IbkrOAuth2Context } from './context.ts'
import { checkJws, readJws } from './jws.ts'
import { simpleProblem } from './problem-details.ts'
import { checkJti } from './used-jwts.ts'

/** The longest life of a signed body, in seconds: what the broker's own sample uses. */
const SIGNED_BODY_LIFETIME_SECONDS = 86_400

/** The claims of the body. */
export async function readSignedBody(
  call: Call,
  { client, audiences, usedJwts }: IbkrOAuth2Context,
): Promise<Readonly<Record<string, unknown>>> {
  const policy = () => simpleProblem(400, 'Invalid payload for security policy: SIGNED_JWT')
  const type = call.request.headers.get('content-type') ?? ''
  const right = /^application\/jwt$/i.test(type)
  check(call, right, {
    name: 'content-type',
    detail: 'application/jwt, without parameters, is required',
    refuse: policy,
  })
  const jws = readJws(await call.body())
  const form = typeof jws === 'string' ? jws : 'a compact JWS'
  check(call, typeof jws !== 'string', { name: 'payload', detail: form, refuse: policy })
  // The description counts a failed check of the JWT among the reasons for 403.
  const refuse = () => simpleProblem(403, 'The signed JWT is invalid')
  await checkJws(call, { client, jws, refuse })
  const { sub, aud } = jws.claims
  const own = sub === undefined || sub === client.clientId
  check(call, own, { name: 'sub', detail: 'sub is left out, or the client id', refuse })
  const here = aud === undefined || (typeof aud === 'string' && audiences.includes(aud))
  check(call, here, { name: 'aud', detail: 'aud is left out, or names this server', refuse })
  const rules = { maxLifetimeSeconds: SIGNED_BODY_LIFETIME_SECONDS, iatRequired: true, refuse }
  const expiresAtMs = checkClaimTimes(call, jws.claims, rules)
  checkJti(call, { used: usedJwts, jws, expiresAtMs, refuse })
  return jws.claims
}
