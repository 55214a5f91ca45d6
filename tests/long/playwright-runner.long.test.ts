/** `@isoauth/sandbox/playwright` under Playwright's own runner, as its user runs it. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { env, execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { chromiumOptions } from '../runtimes/drivers/launch-options.ts'

const folder = fileURLToPath(new URL('playwright', import.meta.url))
const runner = createRequire(import.meta.url).resolve('@playwright/test/cli')
const isInstalled = existsSync(chromiumOptions.executablePath) || env['CI'] === 'true'
const title = 'the fixture of Playwright'

interface Report {
  readonly stats: {
    readonly expected: number
    readonly unexpected: number
    readonly skipped: number
  }
}

function run(spec: string): { status: number | null; report: Report; text: string } {
  const { status, stdout, stderr } = spawnSync(execPath, [runner, 'test', spec], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 110_000,
  })
  return { status, report: JSON.parse(stdout), text: stdout + stderr }
}

describe.runIf(isInstalled)(isInstalled ? title : `${title} (SKIPPED: no Chromium)`, () => {
  it('gives each test a server that its browser reaches', () => {
    const { status, report } = run('passing.spec.ts')
    expect(report.stats).toMatchObject({ expected: 2, unexpected: 0, skipped: 0 })
    expect(status).toBe(0)
  })

  it('prints what was refused where a test fails', () => {
    const { status, report, text } = run('failing.spec.ts')
    expect(report.stats).toMatchObject({ expected: 0, unexpected: 1 })
    expect(text).toMatch(/The sandbox refused:\\n {2}POST \/v1\/api\/tickle -> 401: header/)
    expect(status).toBe(1)
  })
})
