import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pid } from 'node:process'
import { defineConfig } from '@playwright/test'
import { chromiumOptions } from '../../runtimes/drivers/launch-options.ts'

export default defineConfig({
  testMatch: '*.spec.ts',
  workers: 2,
  fullyParallel: true,
  reporter: 'json',
  outputDir: join(tmpdir(), `isoauth-playwright-${pid}`),
  use: { launchOptions: chromiumOptions },
})
