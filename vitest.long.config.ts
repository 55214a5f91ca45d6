/** The tests that take minutes (`*.long.test.ts`), in Node only. `npm run test:long` runs them. */
import { defineConfig } from 'vitest/config'
import { CountReporter } from './tests/count-reporter.ts'
import { resolve } from './vitest.config.ts'

export default defineConfig({
  resolve,
  test: {
    reporters: ['default', new CountReporter()],
    include: ['{packages,apps}/*/test/**/*.long.test.ts', 'tests/**/*.long.test.ts'],
    exclude: ['**/{node_modules,dist}/**'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
})
