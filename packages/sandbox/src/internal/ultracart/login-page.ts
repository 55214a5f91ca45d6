/** `/ultracart/login`: the login page, and where its buttons lead. */
import { html } from 'hono/html'
import type { Call } from '../call.ts'
import { checkOwnPage, readShownForm } from '../form-guard.ts'
import { hostMismatch } from '../local-guard.ts'
import { isLoginProblem, type LoginProblem } from '../login-problem.ts'
import { type FormTokens, page } from '../page.ts'
import type { Login, UltraCartContext } from './context.ts'
import type { LoginDecisions } from './login-decision.ts'
import { LOGIN_PATH } from './paths.ts'
import { USERS } from './users.ts'

interface LoginPage {
  readonly logins: LoginDecisions
  readonly tokens: FormTokens
}

export async function loginPage(
  call: Call,
  context: UltraCartContext,
  given: LoginPage,
): Promise<Response> {
  if (call.record.method === 'POST') return decide(call, context, given)
  const mismatch = hostMismatch(call.request, context.origin)
  if (mismatch !== undefined) return problem(call, mismatch, 403)
  const id = new URLSearchParams(call.query ?? '').get('id') ?? ''
  const { logins, tokens } = given
  const login = logins.find(id, call.now)
  return isLoginProblem(login)
    ? explain(call, login, { id, context, logins })
    : ask(id, login, tokens)
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
  { logins, tokens }: LoginPage,
): Promise<Response> {
  checkOwnPage(call, context.origin)
  const idIn = (form: URLSearchParams) => form.get('id') ?? ''
  const fields = await readShownForm(call, tokens, (form) => `login ${idIn(form)}`)
  const id = idIn(fields)
  const login = logins.find(id, call.now)
  if (isLoginProblem(login)) return explain(call, login, { id, context, logins })
  const decision = fields.get('decision')
  if (decision === 'refuse') return goTo(logins.refuse(login))
  if (decision !== 'approve') return problem(call, 'neither approved nor refused')
  const location = logins.approve(login, {
    user: fields.get('user') ?? '',
    userAgent: call.request.headers.get('user-agent') ?? '',
    now: call.now,
  })
  return location === undefined
    ? problem(call, 'no user of this sandbox was chosen')
    : goTo(location)
}

/** What a person gets to see where there is nothing to decide on. */
function explain(
  call: Call,
  { problem: kind, text }: LoginProblem,
  { id, context, logins }: { id: string; context: UltraCartContext; logins: LoginDecisions },
): Response | Promise<Response> {
  const login = context.logins.get(id)
  if (kind !== 'expired' || !login) return problem(call, text)
  call.record.refused = 'login: it must not have expired'
  return goTo(logins.expire(login))
}

function goTo(location: string): Response {
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
