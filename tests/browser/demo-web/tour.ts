/** A walk through every page and state of the demo, each looked at: axe-core, what stands out, what moved. */
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright'
import { expect } from 'vitest'
import type { Demo } from '../../../apps/demo-web/src/server/demo.ts'
import { picture } from '../browsers.ts'
import { watchPage } from './watched-page.ts'

/** Those that `npm test` walks through, by browser; the long tests walk through the others. */
/** Wide and narrow, light and dark. */
export const looks = (): readonly Look[] =>
  [1280, 390].flatMap((width) => [look(width, 'light'), look(width, 'dark')])

type Look = Required<Pick<BrowserContextOptions, 'colorScheme' | 'viewport'>> & {
  readonly viewport: { readonly width: number; readonly height: number }
}

function look(width: number, colorScheme: 'light' | 'dark'): Look {
  return { viewport: { width, height: 844 }, colorScheme }
}

export async function tour(
  browser: Browser,
  { origin }: Pick<Demo, 'origin'>,
  about: { readonly name: string; readonly look: Look },
): Promise<void> {
  const { viewport, colorScheme } = about.look
  const isWide = viewport.width > 960
  const context = await browser.newContext(about.look)
  const watched = await watchPage(context, origin)
  const { page } = watched
  const button = (label: string) => page.getByRole('button', { name: label, exact: true })
  const press = (label: string) => button(label).click()
  const primary = () => page.locator('main .primary:visible').allTextContents()
  const look = (state: string) =>
    lookAt(page, `demo-web-${about.name}-${state}-${viewport.width}-${colorScheme}`)

  async function leave(path: string): Promise<void> {
    expect(await watched.moved(), `before ${path}: nothing moves`).toEqual([])
    expect((await watched.layoutShift()) ?? 0).toBe(0)
    await page.goto(origin + path)
    await page.locator('main h1').waitFor()
  }

  // The handshake: all twelve steps are drawn before anything happens, and one thing is offered first.
  await page.goto(origin)
  await page.locator('main h1').waitFor()
  expect(await page.locator('.step[data-state=planned] svg .arrow, .step svg .work').count()).toBe(
    16,
  )
  expect(await page.locator('.step[data-state=planned]').count()).toBe(12)
  expect(await primary()).toEqual(['Run all'])
  expect(await button('Inspect the request').count()).toBe(0)
  if (isWide) expect(await isInView(page.locator('.step').last())).toBe(true)
  expect(await isInView(page.getByRole('status'))).toBe(true)
  await look('handshake-idle')
  await press('Run all')
  await page.getByText('All 12 steps succeeded.').waitFor()
  expect(await primary()).toEqual(['Start again'])
  expect(await page.locator('.status.good').count()).toBe(1)
  expect(await isInView(page.getByRole('status'))).toBe(true)
  await page.locator('.step:nth-child(5) > .row').click()
  expect(await page.locator('.detail .part.name').count()).toBeGreaterThan(5)
  await look('handshake-done')
  await press('Start again')
  await page.getByLabel('Make a mistake').selectOption('wrong-signature-key')
  await press('Run all')
  await page.locator('.failure').waitFor()
  expect(await page.locator('.step[data-state=failed] .label').allTextContents()).toEqual([
    'POST live_session_token',
    '401, refused',
  ])
  expect(await page.locator('.status.bad').count()).toBe(1)
  await look('handshake-refused')

  // The inspector: the verdict first, and in sight.
  await press('Inspect the request')
  await page.locator('[data-finding=signature-differs]').waitFor()
  expect(await isInView(page.locator('.verdict'))).toBe(true)
  await leave('/inspector')
  await look('inspector-empty')
  await press('Inspect')
  await page.getByText('There is nothing to judge yet').waitFor()
  expect(await page.locator('.verdict').count()).toBe(0)
  await page.getByLabel('Address').fill('api.ibkr.com/v1')
  await press('Inspect')
  await page.getByText('The address cannot be read: api.ibkr.com/v1.').waitFor()
  await leave('/inspector')
  for (const [example, verdict] of [
    ['Realm inside of the base string', 'refused'],
    ['Live session token request, right', 'accepted'],
  ] as const) {
    await page.getByLabel('An example').selectOption({ label: example })
    await press('Load')
    await page.locator(`.result[data-verdict=${verdict}]`).waitFor()
    expect(await isInView(page.locator('.verdict')), 'the verdict is in sight').toBe(true)
    expect(await page.locator('.whole .part.address').count()).toBe(1)
    if (verdict === 'refused') expect(await page.locator('.marked mark').count()).toBe(2)
    await look(`inspector-${verdict}`)
  }

  // The session: opened, cut, healed, with the gap told.
  await leave('/session')
  await look('session-idle')
  await press('Open the session')
  await page.getByText('The session is open and the stream runs.').waitFor()
  await page.locator('.chart .price').first().waitFor({ state: 'attached' })
  await look('session-open')
  await press('Cut the line')
  await page.getByText('The line is cut').waitFor()
  await look('session-cut')
  await page.getByText('The stream runs again').waitFor()
  await page.locator('.chart .gap').waitFor({ state: 'attached' })
  await look('session-healed')
  await press('Close the session')
  await page.getByText('The session is closed.').waitFor()

  // Sign-on: refused, then done; the pages of the sandbox on the way.
  await leave('/sign-on')
  await look('sign-on-idle')
  await press('Sign in with UltraCart')
  await button('Refuse').waitFor()
  await look('sandbox-login')
  await press('Refuse')
  await page.getByText('Not signed in.').waitFor()
  expect(await page.locator('.step .label').allTextContents()).toContain('access_denied, state')
  await look('sign-on-refused')
  await press('Sign in with UltraCart')
  await press('Approve')
  await page.getByText('Signed in as').waitFor()
  await press('Make a browser link')
  await page.getByText('The link is ready').waitFor()
  await look('sign-on-done')
  for (const path of [
    '/portal',
    '/ultracart/login?id=x',
    '/ultracart/callback?code=x',
    '/callback',
  ]) {
    await page.goto(origin + path)
    await look(`sandbox${path.replace(/\W+/g, '-')}`)
    await page.getByRole('link', { name: 'Back to the start' }).click()
    await page.locator('main h1').waitFor()
    expect(new URL(page.url()).pathname).toBe('/')
  }
  expect(watched.trouble.foreign).toEqual([])
  await context.close()
}

/** A state as it is now: without a fault that axe-core finds, and nothing that stands out at the side. */
async function lookAt(page: Page, title: string): Promise<void> {
  await picture(page, title.toLowerCase())
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
  const violations = await page.evaluate(async () => {
    const found = await (globalThis as unknown as { axe: typeof axe }).axe.run()
    return found.violations.map(({ id, nodes }) => [
      id,
      ...nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
    ])
  })
  expect(violations, title).toEqual([])
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return scrollWidth - clientWidth
  })
  expect(overflow, `${title}: nothing stands out at the side`).toBeLessThanOrEqual(0)
}

/** Whether the top of an element and its first line can be seen without a scroll. */
async function isInView(element: Locator): Promise<boolean> {
  const { y, height } = (await element.boundingBox()) ?? { y: -1, height: 0 }
  return y >= 0 && y + Math.min(height, 100) <= 844
}
