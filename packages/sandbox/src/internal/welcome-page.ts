/** `/`: says what this is, for whoever opens the address in a browser. */
import type { Hono } from 'hono'
import { html } from 'hono/html'
import { checkHost, type SandboxEnv } from './call.ts'
import { page } from './page.ts'

export function mountWelcome(app: Hono<SandboxEnv>, origin: string): void {
  app.get('/', ({ env: { call } }) => {
    checkHost(call, origin)
    return welcome()
  })
}

function welcome(): Promise<Response> {
  return page(
    'isoauth sandbox',
    html`<p>A stand-in for sign-in services, for tests and trials on this machine.</p>
<ul>
<li><a href="/portal">Register a consumer</a></li>
<li><a href="/__sandbox/requests">Requests, what was checked, why they were refused</a></li>
<li><a href="/__sandbox/counts">Counts</a></li>
</ul>`,
    { service: 'Interactive Brokers, nor UltraCart', leadsBack: false },
  )
}
