/** `/ultracart/callback`: the end of the way when no application of one's own is there. */
import { html } from 'hono/html'
import type { Call } from '../call.ts'
import { page } from '../page.ts'

export function callbackPage(call: Call): Promise<Response> {
  const query = new URLSearchParams(call.query ?? '')
  const code = query.get('code')
  const error = query.get('error')
  const nothing = html`<p>No code arrived.</p>`
  const refused = html`<p class="problem" role="alert">No code, but an error:
<output id="error">${error}</output></p>`
  const arrived = html`<p>Code for the application: <output id="code">${code}</output></p>
<p>State: <output id="state">${query.get('state') ?? 'none'}</output></p>`
  return page('Back from the login', code ? arrived : error ? refused : nothing, {
    service: 'UltraCart',
  })
}
