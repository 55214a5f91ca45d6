/** `/authorize`: the consent page of the third-party flow, and where its buttons lead. */
import { html } from 'hono/html'
import type { Call } from '../call.ts'
import { checkOwnPage, readShownForm } from '../form-guard.ts'
import { hostMismatch } from '../local-guard.ts'
import { isLoginProblem } from '../login-problem.ts'
import { type FormTokens, page } from '../page.ts'
import { type Consent, type ConsentResult, callbackWith } from './consent.ts'
import type { RequestToken } from './consumer.ts'

interface ConsentPage {
  /** The sandbox's own origin. */
  readonly origin: string
  readonly consent: Consent
}

export async function authorize(
  call: Call,
  { origin, consent }: ConsentPage,
  tokens: FormTokens,
): Promise<Response> {
  if (call.record.method === 'POST') return decide(call, { origin, consent }, tokens)
  const mismatch = hostMismatch(call.request, origin)
  if (mismatch !== undefined) return problem(call, mismatch, 403)
  const query = new URLSearchParams(call.query ?? '')
  const found = consent.find(query.get('oauth_token') ?? '', call.now)
  if (isLoginProblem(found)) return problem(call, found.text)
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
  { origin, consent }: ConsentPage,
  tokens: FormTokens,
): Promise<Response> {
  checkOwnPage(call, origin)
  const nameIn = (form: URLSearchParams) => form.get('oauth_token') ?? ''
  const fields = await readShownForm(call, tokens, (form) => `authorize ${nameIn(form)}`)
  const found = consent.find(nameIn(fields), call.now)
  if (isLoginProblem(found)) return problem(call, found.text)
  const decision = fields.get('decision')
  if (decision === 'approve') return conclude(found, consent.approve(found))
  if (decision !== 'refuse') return problem(call, 'neither approved nor refused')
  return conclude(found, consent.refuse(found))
}

function conclude({ callback }: RequestToken, result: ConsentResult): Response | Promise<Response> {
  if (callback !== undefined) {
    const { href } = callbackWith(callback, result)
    return new Response(null, { status: 302, headers: { location: href } })
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

function problem(call: Call, text: string, status = 400): Promise<Response> {
  call.record.refused = `authorize: ${text}`
  return page('Nothing to approve', html`<p class="problem" role="alert">${text}.</p>`, { status })
}
