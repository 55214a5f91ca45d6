import { env } from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDemo, type Demo } from '../../../apps/demo-web/src/server/demo.ts'
import { findWebKit, launchWebKit } from '../../runtimes/drivers/webkit.ts'

const webkit = findWebKit()
const isMissing = webkit.missing !== undefined && env['CI'] !== 'true'
if (webkit.missing !== undefined)
  console.warn(`SKIPPED: WebKit: ${webkit.missing} is not installed`)

describe.skipIf(isMissing)('the web demo in WebKit', () => {
  let demo: Demo
  let browser: Awaited<ReturnType<typeof launchWebKit>>

  beforeAll(async () => {
    demo = await createDemo()
    browser = await launchWebKit()
  })
  afterAll(() => Promise.all([browser?.close(), demo?.close({ timeoutMs: 0 })]))

  async function untilText(selector: string, wanted: RegExp): Promise<void> {
    let text = ''
    for (const end = Date.now() + 60_000; Date.now() < end; ) {
      text = String(
        await browser.evaluate(`document.querySelector('${selector}')?.textContent ?? ''`),
      )
      if (wanted.test(text)) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`${selector} is still: ${text}`)
  }

  it('runs the handshake to green', async () => {
    await browser.open(demo.origin)
    await browser.evaluate(
      "[...document.querySelectorAll('button')].find((b) => b.textContent === 'Run all').click()",
    )
    await untilText('[role=status]', /^All 12 steps succeeded\.$/)
    expect(
      await browser.evaluate("document.querySelectorAll('.step[data-state=done]').length"),
    ).toBe(12)
  })

  it('goes to UltraCart and back', async () => {
    await browser.open(`${demo.origin}/sign-on`)
    await untilText('form', /Sign in with UltraCart/)
    await browser.evaluate("document.querySelector('form button').click()")
    await untilText('h1', /Sign in\?/)
    await browser.evaluate("document.querySelector('button[value=approve]').click()")
    await untilText('[role=status]', /^Signed in as Mara Lind\.$/)
  })
})
