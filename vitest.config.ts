/** The six runtimes of the test suite, as one flat list. `npm test` sets them up and runs them all. */
import { existsSync } from 'node:fs'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { cloudflareTest } from '@cloudflare/vitest-pool-workers'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { CountReporter } from './tests/count-reporter.ts'
import { chromiumOptions, firefoxOptions } from './tests/runtimes/drivers/launch-options.ts'
import { findWebKit, webkitgtk } from './tests/runtimes/webkit-provider.ts'

const portable = 'packages/*/test/**/*.test.ts'
const nodeOnly = '**/*.node.test.ts'
const long = '**/*.long.test.ts'
const notOurs = '**/{node_modules,dist}/**'
const elsewhere = ['tests', 'scripts', 'apps'].map((folder) => `${folder}/${nodeOnly}`)

/** No test takes long on a quiet machine; a busy one is given the time, and what never comes is told all the same. */
const timeouts = {
  ...{ testTimeout: 120_000, hookTimeout: 120_000 },
  expect: { poll: { timeout: 60_000, interval: 10 } },
}

/** Workspace packages resolve to their sources, so that tests need no build. */
export const resolve = {
  alias: [
    { find: /^@isoauth\/([^/]+)$/, replacement: `${packagesFolder()}/$1/src/index.ts` },
    {
      find: /^@isoauth\/([^/]+)\/((?!package\.json$).+)$/,
      replacement: `${packagesFolder()}/$1/src/$2.ts`,
    },
  ],
}

/**
 * Node has two kinds of files: the portable ones, and those of Node alone. `--mode portable` and `--mode node-only` take
 * one kind, as `npm test` does, so that the portable ones share a realm here too; without a mode, all run, each in a
 * process of its own.
 */
function nodeProject(mode: string) {
  const alone = [`packages/*/test/${nodeOnly}`, ...elsewhere]
  const setupFiles = ['tests/leftover-timers.ts']
  if (mode === 'portable') return { ...anywhere, name: 'node', setupFiles }
  const include = mode === 'node-only' ? alone : [portable, ...alone]
  return { ...timeouts, name: 'node', include, exclude: [long, notOurs] }
}

const { executablePath: chromium } = chromiumOptions
const { executablePath: firefox } = firefoxOptions
const webkit = findWebKit()

// One realm for all files: the packages keep no state in their modules, and a realm for each costs as much as the tests.
// Tests of Node alone have one each: they need a process or sockets of their own.
const anywhere = {
  ...timeouts,
  isolate: false,
  include: [portable],
  exclude: [nodeOnly, long, notOurs],
}
// What the runner itself needs; named here so that it does not announce adding each. These modules say nothing about
// what the packages may use: that is proven by the lint and by `workerd test` without any of them.
const compatibilityFlags = [
  'nodejs_compat',
  'enable_nodejs_tty_module',
  'enable_nodejs_fs_module',
  'enable_nodejs_http_modules',
  'enable_nodejs_perf_hooks_module',
  'enable_nodejs_v8_module',
  'enable_nodejs_process_v2',
  // By default workerd reports a rejection before the microtasks that handle it have run, unlike every other runtime.
  'unhandled_rejection_after_microtask_checkpoint',
]
const browser = { enabled: true, headless: true, screenshotFailures: false } as const

export default defineConfig(({ mode }) => ({
  test: {
    reporters: ['default', new CountReporter()],
    projects: [
      { resolve, test: { ...nodeProject(mode), environment: 'node' } },
      { resolve, test: { ...anywhere, name: 'edge-light', environment: 'edge-runtime' } },
      {
        resolve,
        plugins: [
          cloudflareTest({ miniflare: { compatibilityDate: '2026-03-01', compatibilityFlags } }),
        ],
        test: { ...anywhere, name: 'workerd' },
      },
      ...ifInstalled('chromium', existsSync(chromium) ? undefined : chromium, {
        resolve,
        test: {
          ...anywhere,
          name: 'chromium',
          browser: {
            ...browser,
            instances: [{ browser: 'chromium' }],
            provider: playwright({ launchOptions: chromiumOptions }),
          },
        },
      }),
      ...ifInstalled('firefox', existsSync(firefox) ? undefined : firefox, {
        resolve,
        test: {
          ...anywhere,
          name: 'firefox',
          browser: {
            ...browser,
            instances: [{ browser: 'firefox' }],
            provider: playwright({ launchOptions: firefoxOptions }),
          },
        },
      }),
      ...ifInstalled('webkit', 'missing' in webkit ? webkit.missing : undefined, {
        resolve,
        test: {
          ...anywhere,
          // WebKit forgets a global that was replaced and put back: `crypto`, in the tests of its absence.
          isolate: true,
          name: 'webkit',
          browser: {
            ...browser,
            headless: false,
            ui: false,
            instances: [{ browser: 'webkit' }],
            provider: webkitgtk(),
          },
        },
      }),
    ],
  },
}))

/** A missing browser is left out and named. On CI it stays in, and the run fails when it cannot start. */
function ifInstalled(
  name: string,
  missing: string | undefined,
  project: TestProjectInlineConfiguration,
): TestProjectInlineConfiguration[] {
  if (missing === undefined) return [project]
  const onCi = env['CI'] === 'true'
  console.warn(`${onCi ? 'MISSING' : 'SKIPPED'}: ${name}: ${missing} is not installed`)
  return onCi ? [project] : []
}

function packagesFolder(): string {
  return fileURLToPath(new URL('./packages', import.meta.url))
}
