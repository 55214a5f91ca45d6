/** The tests that take minutes (`*.long.test.ts`), in Node only. `npm run test:long` runs them. */
import { defineConfig } from 'vitest/config'
import { CountReporter } from './tests/count-reporter.ts'
import { resolve } from './vitest.config.ts'

const timing = 'tests/long/timing.long.test.ts'
const shared = {
  environment: 'node',
  testTimeout: 600_000,
  hookTimeout: 60_000,
} as const

export default defineConfig({
  test: {
    reporters: ['default', new CountReporter()],
    projects: [
      // What measures time runs first and alone; of the others two run at once, as most keep one core busy.
      {
        resolve,
        test: { ...shared, name: 'timing', include: [timing], sequence: { groupOrder: 0 } },
      },
      {
        resolve,
        test: {
          ...shared,
          name: 'long',
          include: ['{packages,apps}/*/test/**/*.long.test.ts', 'tests/**/*.long.test.ts'],
          exclude: ['**/{node_modules,dist}/**', timing],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
