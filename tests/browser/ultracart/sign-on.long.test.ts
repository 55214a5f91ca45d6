import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { createTransactionStore } from '@isoauth/ultracart-sso/transaction'
import type { BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { BROWSERS, picture } from '../browsers.ts'
import { useBrowser } from '../use-browser.ts'
import { createApp } from './app-server.ts'

/** How far the clocks are ahead. */
let skewMs = { service: 0, app: 0 }
let sandbox: SandboxServer
let app: Server
/** `localhost` is another site than the sandbox's `127.0.0.1`, as with the real service. */
let home: string

beforeAll(async () => {
  sandbox = await serve({
    now: () => Date.now() + skewMs.service,
    credentials: testCredentials,
  })
  app = createServer()
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  home = `http://localhost:${(app.address() as AddressInfo).port}`
  const { baseUrl, simpleKey } = sandbox.sandbox.credentials.ultracart
  const redirectUri = `${home}/auth/return`
  const now = () => Date.now() + skewMs.app
  const sso = createUltraCartSso({ baseUrl, simpleKey, redirectUri, now })
  app.on('request', createApp(sso, createTransactionStore({ now })))
})

afterAll(async () => {
  app.closeAllConnections()
  app.close()
  await sandbox.close()
})

const counts = () => ({ ...sandbox.sandbox.counts })
const lastRefusal = () => sandbox.sandbox.requests.filter(({ refused }) => refused).at(-1)?.refused

for (const { name, skipped, launch } of BROWSERS) {
  describe.skipIf(skipped)(`UltraCart sign-on in ${name}`, () => {
    const browser = useBrowser(launch)
    let context: BrowserContext
    let page: Page
    /** Where the browser was sent back to, code and state included. */
    let callbacks: string[]

    beforeEach(async () => {
      skewMs = { service: 0, app: 0 }
      context = await browser.newContext()
      page = await context.newPage()
      callbacks = []
      page.on('request', (request) => {
        if (request.url().startsWith(`${home}/auth/return?`)) callbacks.push(request.url())
      })
    })

    const shot = (title: string) => picture(page, `${name}-${title}`.toLowerCase())
    const press = (label: string) => page.getByRole('button', { name: label, exact: true }).click()
    const heading = () => page.getByRole('heading', { level: 1 }).textContent()

    async function begin(): Promise<void> {
      await page.goto(home)
      await press('Sign in with UltraCart')
      await page.waitForURL(`${sandbox.origin}/ultracart/login?*`)
    }

    /** Goes up to the callback and keeps its address from the application, as no browser would. */
    async function keepCallback(): Promise<string> {
      await begin()
      const form = await page.evaluate(() => {
        const fields = new FormData(document.forms[0])
        return Object.fromEntries([...fields].map(([name, value]) => [name, String(value)]))
      })
      const answer = await context.request.post(`${sandbox.origin}/ultracart/login`, {
        form: { ...form, decision: 'approve' },
        maxRedirects: 0,
      })
      return answer.headers()['location'] ?? ''
    }

    it('signs a person in, shows them, and signs them out', async () => {
      const before = counts()
      await page.goto(home)
      expect(await heading()).toBe('Welcome')
      await begin()
      expect(await page.title()).toBe('SANDBOX: Sign in?')
      expect(await page.getByRole('note').textContent()).toMatch(
        /^SANDBOX\. This is not UltraCart\./,
      )
      expect(await page.getByRole('main').textContent()).toContain(home)
      await shot('login')
      await page.getByRole('radio', { name: 'Theo Brandt' }).check()
      await press('Approve')

      await page.waitForURL(`${home}/`)
      expect(await heading()).toBe('Hello, Theo Brandt')
      expect(await page.getByText('theo@sandbox.example').isVisible()).toBe(true)
      await shot('signed-in')
      expect(callbacks).toHaveLength(1)
      // What a script of the page could get hold of.
      const seen = await page.evaluate(() => document.cookie + document.referrer + location.href)
      expect(seen).toBe(`${home}/`)

      await press('Sign out')
      await page.waitForURL(`${home}/`)
      expect(await heading()).toBe('Welcome')
      await page.reload()
      expect(await heading()).toBe('Welcome')
      expect(counts()).toMatchObject({
        ultracartLogins: before.ultracartLogins + 1,
        ultracartTokenRequests: before.ultracartTokenRequests + 1,
        ultracartSessions: before.ultracartSessions + 1,
        ultracartRevocations: before.ultracartRevocations + 1,
        refused: before.refused,
      })
    })

    it('can be gone through with the keyboard alone', async () => {
      await begin()
      // The first user is chosen: one step to the radio buttons, one to "Approve".
      await page.keyboard.press('Tab')
      expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('user')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Tab')
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Approve')
      await shot('keyboard')
      await page.keyboard.press('Enter')
      await page.waitForURL(`${home}/`)
      expect(await heading()).toBe('Hello, Theo Brandt')
    })

    it('tells a person who refused so', async () => {
      const before = counts()
      await begin()
      const answer = page.waitForResponse(`${home}/auth/return?*`)
      await press('Refuse')
      expect((await answer).status()).toBe(400)
      expect((await answer).headers()).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      })
      expect(new URL(callbacks[0] ?? '').searchParams.get('error')).toBe('access_denied')
      expect(await heading()).toBe('That did not work')
      expect(await page.getByRole('alert').textContent()).toBe('You refused to sign in.')
      expect(await page.getByText('ULTRACART_SSO_CALLBACK_REFUSED').isVisible()).toBe(true)
      await shot('refused')
      expect(counts().ultracartTokenRequests).toBe(before.ultracartTokenRequests)
      await page.getByRole('link', { name: 'Home' }).click()
      expect(await heading()).toBe('Welcome')
    })

    it.each([
      {
        who: 'the service alone notices',
        late: { service: 600_000, app: 0 },
        code: 'ULTRACART_SSO_CALLBACK_REFUSED',
        message: /^You took too long\./,
      },
      {
        who: 'both notice',
        late: { service: 600_000, app: 600_000 },
        code: 'ULTRACART_SSO_LOGIN_UNKNOWN',
        message: /^No login is under way.* Start a new login\.$/,
      },
    ])('tells a person who took too long so, where $who', async ({ late, code, message }) => {
      const before = counts()
      await begin()
      skewMs = late
      await press('Approve')
      await page.waitForURL(`${home}/auth/return?*`)
      expect(new URL(page.url()).searchParams.get('error')).toBe('invalid_request')
      expect(new URL(page.url()).searchParams.has('code')).toBe(false)
      expect(lastRefusal()).toBe('login: it must not have expired')
      expect(await page.getByRole('alert').textContent()).toMatch(message)
      expect(await page.getByText(code).isVisible()).toBe(true)
      await shot(`expired-${code.slice(14)}`)
      expect(counts().ultracartTokenRequests).toBe(before.ultracartTokenRequests)
      await begin()
      await press('Approve')
      await page.waitForURL(`${home}/`)
      expect(await heading()).toBe('Hello, Mara Lind')
    })

    it('refuses a callback that was used, and the person stays signed in', async () => {
      const before = counts()
      await begin()
      await press('Approve')
      await page.waitForURL(`${home}/`)
      const replayed = await page.goto(callbacks[0] ?? '')
      expect(replayed?.status()).toBe(400)
      expect(await page.getByText('ULTRACART_SSO_LOGIN_UNKNOWN').isVisible()).toBe(true)
      await shot('replayed')
      await page.getByRole('link', { name: 'Home' }).click()
      expect(await heading()).toBe('Hello, Mara Lind')
      // Also while the next sign-in is under way.
      await press('Sign out')
      await begin()
      const again = await page.goto(callbacks[0] ?? '')
      expect(again?.status()).toBe(400)
      expect(await page.getByText('ULTRACART_SSO_STATE_MISMATCH').isVisible()).toBe(true)
      expect(counts().ultracartTokenRequests).toBe(before.ultracartTokenRequests + 1)
      expect(counts().refused).toBe(before.refused)
    })

    it('refuses the callback of another person’s login: nobody is signed in as them', async () => {
      const before = counts()
      const planted = await keepCallback()
      expect(callbacks).toEqual([])
      expect(new URL(planted).searchParams.get('code')).toMatch(/^SANDBOX/)

      const victim = await (await browser.newContext()).newPage()
      const cold = await victim.goto(planted)
      expect(cold?.status()).toBe(400)
      expect(await victim.getByText('ULTRACART_SSO_LOGIN_UNKNOWN').isVisible()).toBe(true)
      // And with a login of their own under way.
      await victim.goto(home)
      await victim.getByRole('button').click()
      await victim.waitForURL(`${sandbox.origin}/ultracart/login?*`)
      const swapped = await victim.goto(planted)
      expect(swapped?.status()).toBe(400)
      expect(await victim.getByText('ULTRACART_SSO_STATE_MISMATCH').isVisible()).toBe(true)
      await picture(victim, `${name}-swapped-state`.toLowerCase())
      await victim.goto(home)
      expect(await victim.getByRole('heading').textContent()).toBe('Welcome')
      expect(counts().ultracartTokenRequests).toBe(before.ultracartTokenRequests)
    })

    it('shows a dead key as signed out', async () => {
      await begin()
      await press('Approve')
      await page.waitForURL(`${home}/`)
      skewMs = { service: 43_200_000, app: 43_200_000 }
      expect((await page.reload())?.status()).toBe(400)
      expect(await page.getByText('ULTRACART_SSO_UNAUTHORIZED').isVisible()).toBe(true)
      expect(lastRefusal()).toBe('session: it must not have expired')
      await page.getByRole('link', { name: 'Home' }).click()
      expect(await heading()).toBe('Welcome')
    })
  })
}
