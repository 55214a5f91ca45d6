/** `/ultracart/login`: the login page, and where its buttons lead. */
import { html } from 'hono/html'
import { type Call, check, jsonResponse } from '../call.ts'
import { foreignness, hostMismatch } from '../local-guard.ts'
import { type FormTokens, page } from '../page.ts'
import { readForm } from '../request-body.ts'
import type { Login, UltraCartContext } from './context.ts'
import { freshKey } from './credentials.ts'
import { LOGIN_PATH } from './paths.ts'
import { withAnswer } from './redirect-uri.ts'
import { USERS } from './users.ts'

export async function loginPage(
  call: Call,
  context: UltraCartContext,
  tokens: FormTokens,
): Promise<Response> {
  if (call.record.method === 'POST') return decide(call, context, tokens)
  const mismatch = hostMismatch(call.request, context.origin)
  if (mismatch !== undefined) return problem(call, mismatch, 403)
  const id = new URLSearchParams(call.query ?? '').get('id') ?? ''
  const login = findLogin(call, context, id)
  return typeof login === 'function' ? login() : ask(id, login, tokens)
}

function ask(id: string, login: Login, tokens: FormTokens): Promise<Response> {
  const { origin } = new URL(login.redirectUri)
  return page(
    'Sign in?',
    html`<p>An application at <code>${origin}</code> asks who you are. Choose an invented user; no
password is needed. You will return there either way.</p>
<form method="post" action="${LOGIN_PATH}">
<input type="hidden" name="id" value="${id}">
<input type="hidden" name="form_token" value="${tokens.issue(`login ${id}`)}">
<fieldset>
<legend>Sign in as</legend>
${USERS.map(
  ({ login: name, full_name }, index) =>
    html`<label><input type="radio" name="user" value="${name}"${index === 0 ? ' checked' : ''}> ${full_name}</label>
`,
)}</fieldset>
<button type="submit" name="decision" value="approve">Approve</button>
<button type="submit" name="decision" value="refuse">Refuse</button>
</form>`,
    { formTarget: origin, service: 'UltraCart' },
  )
}

async function decide(
  call: Call,
  context: UltraCartContext,
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
  const id = fields.get('id') ?? ''
  const shown = tokens.redeem(`login ${id}`, fields.get('form_token') ?? '')
  check(call, shown, {
    name: 'form-token',
    detail: 'the form was shown by this sandbox, and is sent once',
    refuse: forbidden,
  })
  const login = findLogin(call, context, id)
  if (typeof login === 'function') return login()
  const decision = fields.get('decision')
  if (decision === 'refuse') {
    login.decided = true
    return goBack(login, { error: 'access_denied', error_description: 'The user refused' })
  }
  if (decision !== 'approve') return problem(call, 'neither approved nor refused')
  const user = USERS.find(({ login: name }) => name === fields.get('user'))
  if (!user) return problem(call, 'no user of this sandbox was chosen')
  login.decided = true
  const code = freshKey()
  context.codes.set(code, {
    application: login.application,
    userId: user.user_id,
    userAgent: call.request.headers.get('user-agent') ?? '',
    expiresAtMs: call.now + context.options.codeLifetimeMs,
    used: false,
  })
  return goBack(login, { code })
}

/** The login if a person can still decide on it, else what they get to see. */
function findLogin(
  call: Call,
  context: UltraCartContext,
  id: string,
): Login | (() => Response | Promise<Response>) {
  const login = context.logins.get(id)
  if (!login) return () => problem(call, 'this is not a login of this sandbox')
  if (login.decided) return () => problem(call, 'this login was already decided on')
  if (call.now < login.expiresAtMs) return login
  login.decided = true
  call.record.refused = 'login: it must not have expired'
  // The word that the vendor's OAuth samples have for an address that has expired.
  return () =>
    goBack(login, { error: 'invalid_request', error_description: 'The login has expired' })
}

function goBack({ redirectUri, state }: Login, answer: Readonly<Record<string, string>>): Response {
  const location = withAnswer(redirectUri, { ...answer, ...(state !== undefined && { state }) })
  return new Response(null, {
    status: 302,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  })
}

function problem(call: Call, text: string, status = 400): Promise<Response> {
  call.record.refused = `login: ${text}`
  return page('Nothing to sign in to', html`<p class="problem" role="alert">${text}.</p>`, {
    status,
    service: 'UltraCart',
  })
}
