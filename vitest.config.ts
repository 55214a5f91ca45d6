/** The six runtimes of the test suite, as one flat list. `npm test` sets them up and runs them all. */
import { existsSync } from 'node:fs'
import { argv, env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { playwright } from '@vitest/browser-playwright'
import type { LaunchOptions } from 'playwright'
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
 * one kind, as `npm test` does, so that the files of each share a realm; without a mode, all run, each in a process of its
 * own.
 */
function nodeProjects(mode: string): TestProjectInlineConfiguration[] {
  const node = { ...anywhere, name: 'node', environment: 'node' } as const
  if (mode === 'portable') return [{ resolve, test: { ...node, setupFiles } }]
  const alone = [`packages/*/test/${nodeOnly}`, ...elsewhere]
  const all = { ...node, include: alone, exclude: [long, notOurs] }
  if (mode !== 'node-only')
    return [{ resolve, test: { ...all, isolate: true, include: [portable, ...alone] } }]
  // They take the longest: two at a time, so that no core is idle once the other runtimes are done.
  const two = { ...all, setupFiles, maxWorkers: 2 }
  return withOwnRealms(two, ownRealms.node).map((test) => ({ resolve, test }))
}

/** The project, and another one `…-alone` of the files that need a realm of their own. */
function withOwnRealms<Project extends typeof anywhere & { name: string }>(
  project: Project,
  files: string[],
): [Project, Project] {
  return [
    { ...project, exclude: [...project.exclude, ...files] },
    { ...project, name: `${project.name}-alone`, include: files, isolate: true },
  ]
}

const { executablePath: chromium } = chromiumOptions
const { executablePath: firefox } = firefoxOptions
const webkit = findWebKit()

/** What holds a file to leaving nothing behind in a realm that it shares. */
const setupFiles = ['tests/leftover-timers.ts']
// One realm for all files: the packages keep no state in their modules but what the sandbox has found out of given
// credentials, and a realm for each costs as much as the tests.
const anywhere = {
  ...timeouts,
  isolate: false,
  include: [portable],
  exclude: [nodeOnly, long, notOurs],
}
/** What leaves its realm other than it was, or has to find it as it was. */
const ownRealms = {
  // What its README's block starts goes on: MSW takes every request.
  node: ['tests/gates/readmes.node.test.ts'],
  // WebKit's compiled code goes on with the global `crypto` of before it was replaced.
  webkit: ['packages/core-crypto/test/errors.test.ts', 'packages/ultracart-sso/test/leak.test.ts'],
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
const inBrowser = (name: 'chromium' | 'firefox', launchOptions: LaunchOptions) => ({
  ...anywhere,
  name,
  browser: {
    ...browser,
    instances: [{ browser: name }],
    provider: playwright({ launchOptions }),
  },
})

export default defineConfig(async ({ mode }) => ({
  test: {
    reporters: ['default', new CountReporter()],
    projects: [
      ...nodeProjects(mode),
      { resolve, test: { ...anywhere, name: 'edge-light', environment: 'edge-runtime' } },
      ...(isAskedFor('workerd') ? [await workerdProject()] : []),
      ...ifInstalled('chromium', existsSync(chromium) ? undefined : chromium, {
        resolve,
        test: inBrowser('chromium', chromiumOptions),
      }),
      ...ifInstalled('firefox', existsSync(firefox) ? undefined : firefox, {
        resolve,
        test: inBrowser('firefox', firefoxOptions),
      }),
      ...withOwnRealms({ ...anywhere, name: 'webkit' }, ownRealms.webkit).flatMap((test) =>
        ifInstalled('webkit', 'missing' in webkit ? webkit.missing : undefined, {
          resolve,
          test: {
            ...test,
            browser: {
              ...browser,
              headless: false,
              ui: false,
              instances: [{ browser: 'webkit' }],
              provider: webkitgtk(),
            },
          },
        }),
      ),
    ],
  },
}))

/** Loading what it needs takes over a second, which no run of another runtime has to wait for. */
async function workerdProject(): Promise<TestProjectInlineConfiguration> {
  const { cloudflareTest } = await import('@cloudflare/vitest-pool-workers')
  const miniflare = { compatibilityDate: '2026-03-01', compatibilityFlags }
  return {
    resolve,
    plugins: [cloudflareTest({ miniflare })],
    test: { ...anywhere, name: 'workerd' },
  }
}

/** Whether the command line asks for this project by name, or for all or some by a pattern or by none. */
function isAskedFor(name: string): boolean {
  const options = { project: { type: 'string', multiple: true } } as const
  const { project } = parseArgs({ args: argv.slice(2), options, strict: false }).values
  const asked = project as string[] | undefined
  return asked === undefined || asked.includes(name) || asked.some((text) => /[*!]/.test(text))
}

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
