/** `POST /oauth2/api/v1/token`: an access token for a signed assertion. */
import { type Call, check, jsonResponse } from '../call.ts'
import { checkClientAssertion } from './client-assertion.ts'
import type { IbkrOAuth2Context } from './context.ts'
import { simpleProblem } from './problem-details.ts'
import { grantScopes } from './scope.ts'
import { readTokenRequest } from './token-request.ts'

export async function tokenEndpoint(call: Call, context: IbkrOAuth2Context): Promise<Response> {
  const { assertion, clientId, scope } = await readTokenRequest(call)
  await checkClientAssertion(call, context, assertion)
  const { client, accessTokens, counts } = context
  const same = clientId === undefined || clientId === client.clientId
  check(call, same, {
    name: 'client-id',
    detail: 'client_id, if sent, has to be the sub of the assertion',
    refuse: () => simpleProblem(400),
  })
  const scopes = grantScopes(call, scope, client.scopes)
  const token = accessTokens.issue(client, scopes, call.now)
  counts.oauth2AccessTokens++
  return jsonResponse(
    {
      access_token: token,
      token_type: 'Bearer',
      scope: scopes.join(' '),
      expires_in: accessTokens.lifetimeSeconds,
    },
    200,
    { 'content-type': 'application/json', 'cache-control': 'no-store' },
  )
}
