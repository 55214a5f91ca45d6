/** Playwright's `test` with the fixture, as the README extends it. */
import { test as base } from '@playwright/test'
import type { SandboxServer } from '../../../packages/sandbox/src/node.ts'
import { sandboxFixture } from '../../../packages/sandbox/src/playwright.ts'

export const test = base.extend<{ server: SandboxServer }>({ server: sandboxFixture() })
