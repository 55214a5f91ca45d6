import type { BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXAMPLES } from '../../../apps/demo-web/src/page/inspector/examples.ts'
import { createDemo, type Demo } from '../../../apps/demo-web/src/server/demo.ts'
import { deferred } from '../../support/index.ts'
import { BROWSERS } from '../browsers.ts'
import { useBrowser } from '../use-browser.ts'
import { looks, tour } from './tour.ts'
import { type WatchedPage, watchPage } from './watched-page.ts'

/**
 * What browsers tell on the console of an answer 401, and Firefox of the sandbox's own pages, which have no icon and
 * allow none.
 */
const EXPECTED = [/\b401\b/, /favicon\.ico/]

let demo: Demo

beforeAll(async () => {
  demo = await createDemo()
})
afterAll(() => demo.close({ timeoutMs: 0 }))

for (const { name, skipped, launch } of BROWSERS) {
  describe.skipIf(skipped)(`the web demo in ${name}`, () => {
    const browser = useBrowser(launch)
    let context: BrowserContext
    let watched: WatchedPage
    let page: Page

    async function open(path: string): Promise<void> {
      context = await browser.newContext()
      watched = await watchPage(context, demo.origin)
      page = watched.page
      await page.goto(demo.origin + path)
    }

    async function expectNoTrouble(allowed: readonly RegExp[] = []): Promise<void> {
      const errors = watched.trouble.errors.filter((text) => !allowed.some((one) => one.test(text)))
      expect({ ...watched.trouble, errors }).toEqual({ foreign: [], errors: [] })
      expect(await watched.violations()).toEqual([])
      await expectNothingMoved()
    }

    async function expectNothingMoved(): Promise<void> {
      expect((await watched.layoutShift()) ?? 0).toBe(0)
    }

    const press = (label: string) => page.getByRole('button', { name: label, exact: true }).click()
    async function openSession(): Promise<void> {
      await press('Open the session')
      await page.getByText('The session is open and the stream runs.').waitFor()
    }
    /** The same at a sandbox of the test's own, in a browser that knows no other. */
    async function openSessionAt(origin: string): Promise<void> {
      context = await browser.newContext()
      page = await context.newPage()
      await page.goto(`${origin}/session`)
      await openSession()
    }
    async function closeSession(): Promise<void> {
      await press('Close the session')
      await page.getByText('The session is closed.').waitFor()
    }
    const openStep = (number: number) => page.locator(`.step:nth-child(${number}) > .row`).click()
    const failure = () => page.locator('.failure')

    /** The next handshake's registration: told when it was sent, and sent on when it is released. */
    async function heldRegistration() {
      const { promise: sent, resolve: tell } = deferred()
      const { promise: released, resolve: release } = deferred()
      await page.route(
        '**/portal',
        async (route) => {
          tell()
          await released
          await route.continue()
        },
        { times: 1 },
      )
      return { sent, release }
    }

    async function runWith(mistake: string): Promise<string> {
      await page.getByLabel('Make a mistake').selectOption({ label: mistake })
      await press('Run all')
      await failure().waitFor()
      return (await failure().textContent()) ?? ''
    }

    it('draws the handshake step by step, to green', async () => {
      await open('/')
      for (let step = 1; step <= 12; step++) {
        await press(`Run step ${step}`)
        await page.locator(`.step:nth-child(${step})[data-state=done]`).waitFor()
      }
      await page.getByText('All 12 steps succeeded.').waitFor()
      expect(await page.locator('.step[data-state=done]').count()).toBe(12)
      expect(await page.locator('.time .ms').allTextContents()).toHaveLength(12)
      // The drawing's text: who sends what to whom.
      expect(
        await page.getByRole('list', { name: 'Steps of the handshake' }).textContent(),
      ).toContain('Browser to Broker: POST live_session_token; Broker to Browser: B and a proof')
      // What can be done now is to start again, and the keyboard is there already.
      expect(await page.getByRole('button', { name: /^Run / }).count()).toBe(0)
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Start again')
      await expectNoTrouble()
    })

    it('shows a secret only when it is asked for', async () => {
      await open('/')
      await press('Run all')
      await page.getByText('All 12 steps succeeded.').waitFor()
      await openStep(9)
      const row = page.locator('.step:nth-child(9)')
      expect(await row.textContent()).toContain('28 characters, hidden')
      await row.getByRole('button', { name: 'Show: Live session token' }).click()
      expect(await row.locator('dd code').textContent()).toMatch(/^[\w+/]{27}=$/)
      await row.getByRole('button', { name: 'Show: Live session token' }).click()
      expect(await row.locator('dd code').textContent()).toBe('28 characters, hidden')
      expect(
        await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]),
      ).toEqual([0, 0, ''])
    })

    it.each([
      ['Sign with a key that was not registered', /it does not match.*key is the cause/s],
      ['Swap the two private keys', /IBKR_OAUTH1_SECRET_DECRYPTION_FAILED/],
      ['Use another Diffie-Hellman prime', /IBKR_OAUTH1_LST_SIGNATURE_MISMATCH/],
      ['Type the consumer key in lower case', /differs from the stored key in case.*capital/s],
      ['Let the clock be an hour off', /clock is 3\d\d\d s ahead.*Set the clock/s],
    ])('turns red with words: %s', async (mistake, words) => {
      await open('/')
      expect(await runWith(mistake)).toMatch(words)
      expect(await page.locator('.step[data-state=failed]').count()).toBe(1)
      expect(await page.locator('.status.bad').count()).toBe(1)
      expect(await page.getByRole('status').textContent()).toMatch(/^Step \d+ failed: /)
      await expectNoTrouble(EXPECTED)
    })

    it('takes the refused request to the inspector', async () => {
      await open('/')
      await runWith('Sign with a key that was not registered')
      await press('Inspect the request')
      await page.locator('[data-finding=signature-differs]').waitFor()
      await press('Clear')
      expect(await page.getByLabel('Authorization header').inputValue()).toBe('')
      expect(await page.locator('.verdict').count()).toBe(0)
    })

    it('finds each of the planted faults, and none in what is right', async () => {
      await open('/inspector')
      for (const { id, title } of EXAMPLES) {
        await page.getByLabel('An example').selectOption({ label: title })
        await press('Load')
        if (id === '') await page.locator('.result[data-verdict=accepted]').waitFor()
        else await page.locator(`.result[data-verdict=refused] [data-finding=${id}]`).waitFor()
        expect(await page.locator('[data-finding]').count(), title).toBe(id === '' ? 0 : 1)
      }
      await expectNoTrouble()
    })

    it('judges what is typed, without a key and with one', async () => {
      await open('/inspector')
      await page.getByLabel('An example').selectOption({ label: 'Protected resource, right' })
      await press('Load')
      await page.locator('.result[data-verdict=accepted]').waitFor()
      const header = await page.getByLabel('Authorization header').inputValue()
      const url = await page.getByLabel('Address', { exact: true }).inputValue()
      await page.getByText('What the server knows').click()
      const token = await page.getByLabel('Live session token').inputValue()

      await press('Clear')
      await page.getByLabel('Method', { exact: true }).fill('GET')
      await page.getByLabel('Address', { exact: true }).fill(url)
      await page.getByLabel('Authorization header').fill(header)
      await press('Inspect')
      await page.locator('.result[data-verdict=undecided]').waitFor()
      expect(await page.locator('.verdict').textContent()).toMatch(/signature was not judged/)
      await page.getByLabel('Live session token').fill(token)
      await page.getByLabel('Method', { exact: true }).fill('POST')
      await page.keyboard.press('Enter')
      await page.locator('[data-finding=method-differs] mark').first().waitFor()
      await expectNoTrouble()
    })

    it('keeps what is typed or cleared while it asks the sandbox', async () => {
      await open('/inspector')
      const address = page.getByLabel('Address', { exact: true })
      const asked = await heldRegistration()
      await press("Fill in the sandbox's values")
      await asked.sent
      await address.fill('https://api.ibkr.com/v1/api/tickle')
      asked.release()
      await page.getByText('Inspected: POST /v1/api/tickle').waitFor()
      expect(await address.inputValue()).toBe('https://api.ibkr.com/v1/api/tickle')

      await page.reload()
      const again = await heldRegistration()
      await page.getByLabel('An example').selectOption({ label: 'Protected resource, right' })
      await press('Load')
      await again.sent
      await press('Clear')
      const { promise: done, resolve: tell } = deferred()
      let answers = 0
      page.on('requestfinished', (request) => {
        // The handshake's own call, and the client's.
        if (request.url().endsWith('/portfolio/accounts') && ++answers === 2) tell()
      })
      again.release()
      await done
      // What the page does with the last answer is done before it has the answers to these.
      for (let turn = 0; turn < 5; turn++) {
        await page.evaluate(async () => (await fetch('/demo/ultracart/trail')).text())
      }
      await page.getByText('Everything was cleared.').waitFor({ timeout: 5000 })
      expect(await address.inputValue()).toBe('')
    }, 60_000)

    it('leaves the keyboard to whoever types a request, and reads the whole of it', async () => {
      await open('/inspector')
      const box = page.getByLabel('Paste a request')
      const typed =
        "curl -X POST 'https://api.ibkr.com/v1/api/tickle' -H 'Authorization: OAuth a=\"b\"'"
      await box.pressSequentially(typed)
      await page.locator('.result[data-verdict=refused]').waitFor()
      expect(await box.inputValue()).toBe(typed)
      expect(await box.evaluate((element) => element === document.activeElement)).toBe(true)
      await press('Inspect')
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.textContent))
        .toBe('A server refuses it')
    })

    it.each(['yesterday', '1.12.2026 10:00', '1796091639'])(
      'says that the time "%s" cannot be read, instead of leaving the clock out',
      async (time) => {
        await open('/inspector')
        await page.getByLabel('An example').selectOption({ label: 'Clock an hour behind' })
        await press('Load')
        await page.locator('[data-finding=clock-off]').waitFor()
        await page.getByLabel('Sent at').fill(time)
        await press('Inspect')
        await page.getByText(`The time it was sent at cannot be read: ${time}.`).waitFor()
        expect(await page.locator('.verdict').count()).toBe(0)
      },
    )

    it('reads a HAR', async () => {
      await open('/inspector')
      const request = {
        method: 'POST',
        url: `${demo.origin}/v1/api/oauth/live_session_token`,
        headers: [{ name: 'authorization', value: 'OAuth realm="limited_poa", oauth_nonce="a b"' }],
      }
      const upload = (text: string) =>
        page.getByLabel('A HAR file').setInputFiles({
          name: 'one.har',
          mimeType: 'application/json',
          buffer: Buffer.from(text),
        })
      await upload(JSON.stringify({ log: { entries: [{ request }] } }))
      await page.locator('[data-finding=value-raw]').waitFor()
      await upload('{}')
      await page.getByText('neither a HAR').waitFor()
    })

    it('goes to UltraCart and back, and signs out', async () => {
      await open('/sign-on')
      await press('Sign in with UltraCart')
      await page.getByRole('radio', { name: 'Theo Brandt' }).check()
      await press('Approve')
      await page.getByText('Signed in as Theo Brandt.').waitFor()
      const flow = page.getByRole('region', { name: 'UltraCart' })
      expect(await flow.locator('.step[data-state=done]').count()).toBe(5)
      // The key of the application and the person's key stay on the server.
      const shown = await (await context.request.get(`${demo.origin}/demo/ultracart/trail`)).text()
      expect(shown).not.toContain(demo.sandbox.credentials.ultracart.simpleKey)
      expect(shown).not.toContain('"simple_key":"SANDBOX')
      await expectNoTrouble(EXPECTED)
      await press('Sign out')
      await page.getByText('Nobody is signed in.').waitFor()
      expect(await flow.locator('.step').count()).toBe(6)
    })

    it('tells who is signed in when the page is come back to', async () => {
      await open('/sign-on')
      await page.getByText('Nobody is signed in.').waitFor()
      const other = await context.newPage()
      await other.goto(`${demo.origin}/sign-on`)
      await other.getByRole('button', { name: 'Sign in with UltraCart' }).click()
      await other.getByRole('button', { name: 'Approve' }).click()
      await other.getByText('Signed in as').waitFor()
      // By the links of the page, and by the browser, which may have kept the page as it was left.
      await page.getByRole('link', { name: 'Handshake' }).click()
      await page.getByRole('link', { name: 'Sign-on' }).click()
      await page.getByText('Signed in as').waitFor({ timeout: 10_000 })
      await other.evaluate(() => history.go(-2))
      // Not waited for by Playwright, which does not see the end of such a navigation in Firefox.
      const words = () => other.locator('.status').allTextContents()
      await expect
        .poll(words, { timeout: 10_000 })
        .toContainEqual(expect.stringMatching(/^Signed in as/))
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByText('Nobody is signed in.').waitFor()
    }, 60_000)

    it('tells of a sign-in that was refused', async () => {
      await open('/sign-on')
      await press('Sign in with UltraCart')
      await press('Refuse')
      await page.getByText('Not signed in.').waitFor()
      expect(await failure().textContent()).toContain('ULTRACART_SSO_CALLBACK_REFUSED')
    })

    it('makes a browser link that signs in once', async () => {
      await open('/sign-on')
      await press('Make a browser link')
      const link = page.getByRole('link', { name: 'Open the link in a new tab' })
      const [opened] = await Promise.all([context.waitForEvent('page'), link.click()])
      await opened.getByText('Signed in as').waitFor()
      expect(await opened.locator('#action').textContent()).toBe('TransferFunds')
      await opened.close()
      const [again] = await Promise.all([context.waitForEvent('page'), link.click()])
      await again.getByText('was used before').waitFor()
      await expectNoTrouble(EXPECTED)
    })

    it('tells of a session that another page took, and takes it back with the keyboard', async () => {
      await open('/session')
      const other = await context.newPage()
      const take = (one: Page) => one.getByRole('button', { name: 'Take it over' })
      await openSession()
      await other.goto(`${demo.origin}/session`)
      await other.getByRole('button', { name: 'Open the session' }).click()
      await other.getByText('Another page has the session').waitFor()
      await take(other).press('Enter')
      expect(await other.evaluate(() => document.activeElement?.textContent)).toMatch(
        /the session$/,
      )
      await other.getByText('The session is open and the stream runs.').waitFor()
      await page.getByText('The session is taken by another page.').waitFor()
      await other.getByRole('button', { name: 'Close the session' }).click()
      await press('Close the session')
      await page.getByText('The session is closed.').waitFor()
    }, 60_000)

    it('closes a session though the sandbox is gone, and says that it does not answer', async () => {
      const gone = await createDemo()
      await openSessionAt(gone.origin)
      await gone.close({ timeoutMs: 0 })
      await press('Close the session')
      await page.getByText('The sandbox does not answer. Is it still running?').waitFor()
      await press('Open the session')
      await page.getByText('The sandbox does not answer. Is it still running?').waitFor()
      await page.getByRole('link', { name: 'Handshake' }).click()
      await press('Run all')
      await failure().waitFor()
      expect(await failure().textContent()).toContain('The sandbox does not answer')
    }, 60_000)

    it('opens a session at a sandbox that was started anew and does not know the consumer', async () => {
      const before = await createDemo()
      await openSessionAt(before.origin)
      await closeSession()
      await before.close({ timeoutMs: 0 })
      const anew = await createDemo({ port: Number(new URL(before.origin).port) })
      try {
        await openSession()
      } finally {
        await anew.close({ timeoutMs: 0 })
      }
    }, 60_000)

    it('fits into 320 pixels: nothing stands out at the side, or over another', async () => {
      await open('/')
      await page.setViewportSize({ width: 320, height: 640 })
      const overflow = () =>
        page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement
          return Math.max(0, scrollWidth - clientWidth)
        })
      /** Texts that their own box does not hold, and boxes that overlap the next one. */
      const faults = (selector: string) =>
        page.locator(`${selector}:visible`).evaluateAll((elements) => {
          const boxes = elements.map((element) => element.getBoundingClientRect())
          return elements.flatMap(
            ({ scrollWidth, clientWidth, scrollHeight, clientHeight, textContent }, at) => {
              const [box, next] = boxes.slice(at, at + 2) as [DOMRect, DOMRect | undefined]
              const isOver = next && next.top < box.bottom - 1 && next.left < box.right - 1
              const isCut = scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1
              return isOver || isCut ? [textContent] : []
            },
          )
        })
      await press('Run all')
      await page.getByText('All 12 steps succeeded.').waitFor()
      expect([await overflow(), await faults('.title'), await faults('nav a')]).toEqual([0, [], []])
      await page.getByRole('link', { name: 'Session' }).click()
      await openSession()
      expect([await overflow(), await faults('.buttons > button')]).toEqual([0, []])
      await closeSession()
      await page.getByRole('link', { name: 'Sign-on' }).click()
      await press('Make a browser link')
      await page.getByText('The link is ready').waitFor()
      expect([await overflow(), await faults('.title')]).toEqual([0, []])
    })

    it('can be gone through with the keyboard alone', async () => {
      await open('/')
      const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '')
      async function tabTo(text: string | RegExp): Promise<void> {
        for (let tabs = 0; tabs < 60; tabs++) {
          await page.keyboard.press('Tab')
          const found = await focused()
          if (typeof text === 'string' ? found === text : text.test(found)) return
        }
        throw new Error(`the keyboard does not reach ${text}`)
      }
      await page.keyboard.press('Tab')
      expect(await focused()).toBe('Skip to the content')
      await tabTo('Run step 1')
      for (let step = 1; step <= 12; step++) {
        await page.keyboard.press('Enter')
        await page.locator(`.step:nth-child(${step})[data-state=done]`).waitFor()
        await page.locator('.primary[aria-disabled=false]').waitFor()
      }
      expect(await focused()).toBe('Start again')
      await tabTo(/^3\. Decrypt/)
      await page.keyboard.press('Enter')
      await tabTo('Show')
      await page.keyboard.press('Enter')
      expect(await page.locator('.step:nth-child(3) dd').last().textContent()).toMatch(
        /[0-9a-f]{40}/,
      )

      await page.evaluate(() => scrollTo(0, 0))
      await page.getByRole('link', { name: 'Handshake' }).focus()
      await tabTo('Inspector')
      await page.keyboard.press('Enter')
      await page.locator('.result[data-verdict]').waitFor()
      expect(await page.title()).toBe('Signature inspector - isoauth')
      await page.getByRole('link', { name: 'Inspector' }).focus()
      await tabTo('Sign-on')
      await page.keyboard.press('Enter')
      expect(await focused()).toBe('Sign-on of a person')
      await tabTo('Make a browser link')
      await page.keyboard.press('Enter')
      await tabTo('Open the link in a new tab')
      await page.goBack()
      expect(await page.title()).toBe('Signature inspector - isoauth')
      await expectNoTrouble()
    })

    it.each(looks())('shows every page and state at $viewport.width px, $colorScheme', (look) =>
      tour(browser.browser, demo, { name, look }),
    )
  })
}
