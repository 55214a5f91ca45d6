/** The walk through the built documentation site, in Node with a browser. `npm run test:site` builds it and runs them. */
import { defineConfig } from 'vitest/config'
import { CountReporter } from './tests/count-reporter.ts'
import { resolve } from './vitest.config.ts'

export default defineConfig({
  resolve,
  test: {
    name: 'site',
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    include: ['apps/docs/test/**/*.site.test.ts'],
    reporters: ['default', new CountReporter()],
  },
})
