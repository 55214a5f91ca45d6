/** What a person does at the sandbox's login page of UltraCart: choose the first user, press "Approve". */
type Fetch = (url: string, init?: RequestInit) => Promise<Response>

/** The address that the browser is sent back to. */
export async function approveLogin(fetch: Fetch, page: string): Promise<string> {
  const html = await (await fetch(page)).text()
  const body = new URLSearchParams({ decision: 'approve' })
  const hidden = /<input type="hidden" name="(\w+)" value="(\w+)">/g
  for (const [, name = '', value = ''] of html.matchAll(hidden)) body.set(name, value)
  body.set('user', /value="(\w+)" checked/.exec(html)?.[1] ?? '')
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const init = { method: 'POST', redirect: 'manual', headers, body: String(body) } as const
  const { origin } = new URL(page)
  return (await fetch(`${origin}/ultracart/login`, init)).headers.get('location') ?? ''
}
