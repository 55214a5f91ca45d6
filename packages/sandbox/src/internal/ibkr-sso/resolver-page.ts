/** `/sso/resolver`: where a browser link signs the user in to the portal, and lands them on a page. */
import { html } from 'hono/html'
import { type Call, check } from '../call.ts'
import { hostMismatch } from '../local-guard.ts'
import { isLoginProblem, type LoginProblem, loginProblem } from '../login-problem.ts'
import { page } from '../page.ts'
import type { BrowserLink } from './browser-link.ts'
import { callerAddresses } from './caller-address.ts'
import type { IbkrSsoContext } from './context.ts'

export async function resolver(call: Call, context: IbkrSsoContext): Promise<Response> {
  const { method } = call.record
  if (method !== 'GET' && method !== 'HEAD') return problem(call, 'a browser opens it by GET', 405)
  const mismatch = hostMismatch(call.request, context.origin)
  if (mismatch !== undefined) return problem(call, mismatch, 403)
  const query = new URLSearchParams(call.query ?? '')
  if (query.getAll('SID').length !== 1) {
    return problem(call, 'the link has to carry SID, once', 400)
  }
  const link = findLink(context, query, call.now)
  if (isLoginProblem(link)) return problem(call, link.text, link.problem === 'unknown' ? 404 : 410)
  if (!callerAddresses(call, context).includes(link.address)) {
    return problem(call, 'this link was made for another address than yours', 403)
  }
  check(call, true, {
    name: 'browser-link',
    detail: 'known, fresh, unused, and from its address',
    refuse: () => {
      throw new Error('unreachable')
    },
  })
  // Whoever only looks (a link preview, say) does not use it up.
  if (method === 'HEAD') return new Response(null, { status: 200, headers: NO_STORE })
  useLink(context, link)
  return landing(link, query)
}

/** The link of an address while it can be opened, else why it cannot. */
export function findLink(
  { links }: IbkrSsoContext,
  query: URLSearchParams,
  now: number,
): BrowserLink | LoginProblem {
  const link = links.find(query.get('SID') ?? '')
  if (!link) return loginProblem('unknown', 'this link is not known here')
  if (link.used) return loginProblem('used', 'this link was used before: each one is good once')
  if (now < link.expiresAtMs) return link
  return loginProblem('expired', 'this link has expired: it is good for 60 seconds')
}

/** Signs somebody in. */
export function useLink({ counts }: IbkrSsoContext, link: BrowserLink): void {
  link.used = true
  counts.ssoBrowserSignIns++
}

const NO_STORE = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }

function landing({ username, accountId }: BrowserLink, query: URLSearchParams): Promise<Response> {
  const action = query.get('ACTION')
  const parameters = [...query].filter(([name]) => !['SID', 'RL', 'ACTION'].includes(name))
  return page(
    action === null ? 'Portal home' : 'Portal',
    html`<p>Signed in as <strong id="user">${username}</strong>, account <code>${accountId}</code>.</p>
<p>Landing page: <output id="action">${action ?? 'home'}</output></p>
<dl>
${parameters.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}
</dl>`,
  )
}

async function problem(call: Call, text: string, status: number): Promise<Response> {
  call.record.checks.push({ name: 'browser-link', ok: false, detail: text })
  call.record.refused = `browser-link: ${text}`
  return page('Not signed in', html`<p class="problem" role="alert">${text}.</p>`, { status })
}
