/** `/authorize`: the consent page of the third-party flow, and where its buttons lead. */
import { html } from 'hono/html'
import { type Call, check, jsonResponse } from '../call.ts'
import { randomHex } from '../crypto/bytes.ts'
import { foreignness, hostMismatch } from '../local-guard.ts'
import { type FormTokens, page } from '../page.ts'
import { readForm } from '../request-body.ts'
import type { RequestToken } from './consumer.ts'
import type { IbkrOAuth1Context } from './context.ts'

export async function authorize(
  call: Call,
  context: IbkrOAuth1Context,
  tokens: FormTokens,
): Promise<Response> {
  if (call.record.method === 'POST') return decide(call, context, tokens)
  const mismatch = hostMismatch(call.request, context.origin)
  if (mismatch !== undefined) return problem(call, mismatch, 403)
  const query = new URLSearchParams(call.query ?? '')
  const found = findToken(call, context, query.get('oauth_token') ?? '')
  if (typeof found === 'string') return problem(call, found)
  const redirect = query.get('redirect_uri')
  if (redirect !== null && redirect !== found.callback) {
    return problem(call, 'redirect_uri is not the registered callback URL')
  }
  return ask(found, tokens)
}

function ask(
  { token, consumerKey, callback }: RequestToken,
  tokens: FormTokens,
): Promise<Response> {
  const leadsTo = callback === undefined ? undefined : new URL(callback).origin
  return page(
    'Allow access?',
    html`<p>The application with consumer key <code>${consumerKey}</code> asks for access to the
sandbox account <code>DU1234567</code> of <code>sandboxuser</code>.</p>
<p>${leadsTo === undefined ? 'You will be shown a code for it.' : `You will return to ${leadsTo}.`}</p>
<form method="post" action="/authorize">
<input type="hidden" name="oauth_token" value="${token}">
<input type="hidden" name="form_token" value="${tokens.issue(`authorize ${token}`)}">
<button type="submit" name="decision" value="approve">Approve</button>
<button type="submit" name="decision" value="refuse">Refuse</button>
</form>`,
    { formTarget: leadsTo },
  )
}

async function decide(
  call: Call,
  context: IbkrOAuth1Context,
  tokens: FormTokens,
): Promise<Response> {
  const forbidden = () => jsonResponse({ error: 'Forbidden', statusCode: 403 }, 403)
  const reason = foreignness(call.request, context.origin)
  check(call, reason === undefined, {
    name: 'same-origin',
    detail: reason ?? 'own page or a program',
    refuse: forbidden,
  })
  const fields = await readForm(call)
  const name = fields.get('oauth_token') ?? ''
  const shown = tokens.redeem(`authorize ${name}`, fields.get('form_token') ?? '')
  check(call, shown, {
    name: 'form-token',
    detail: 'the form was shown by this sandbox, and is sent once',
    refuse: forbidden,
  })
  const found = findToken(call, context, name)
  if (typeof found === 'string') return problem(call, found)
  const decision = fields.get('decision')
  if (decision === 'approve') {
    found.verifier = randomHex(10)
    return conclude(found, { oauth_token: found.token, oauth_verifier: found.verifier })
  }
  if (decision !== 'refuse') return problem(call, 'neither approved nor refused')
  found.spent = true
  // RFC 5849 has no word for a refusal; this is the one of the Problem Reporting extension.
  return conclude(found, { oauth_token: found.token, oauth_problem: 'user_refused' })
}

function conclude(
  { callback }: RequestToken,
  result: Readonly<Record<string, string>>,
): Response | Promise<Response> {
  if (callback !== undefined) {
    const location = new URL(callback)
    for (const [name, value] of Object.entries(result)) location.searchParams.append(name, value)
    return new Response(null, { status: 302, headers: { location: location.href } })
  }
  const { oauth_verifier: verifier } = result
  return verifier === undefined
    ? page('Access refused', html`<p>The application was not given access.</p>`)
    : page(
        'Access approved',
        html`<p>Give this code to the application:</p>
<p><output id="verifier">${verifier}</output></p>`,
      )
}

/** The request token if a person can still decide on it, else what to tell them. */
function findToken(
  call: Call,
  { registry }: IbkrOAuth1Context,
  name: string,
): RequestToken | string {
  const token = registry.requestTokens.get(name)
  if (!token) return 'oauth_token is not a request token of this sandbox'
  if (call.now >= token.expiresAtMs) return 'the request token has expired'
  if (token.spent || token.verifier !== undefined) return 'the request token was already decided on'
  return token
}

function problem(call: Call, text: string, status = 400): Promise<Response> {
  call.record.refused = `authorize: ${text}`
  return page('Nothing to approve', html`<p class="problem" role="alert">${text}.</p>`, { status })
}
