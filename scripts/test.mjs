/**
 * `npm test`: sets up everything, browsers included where the machine offers them, builds, and runs the tests in
 * six runtimes and one bundle in plain workerd. Arguments go to vitest: `npm test -- --project node packages/x`.
 *
 * A runtime whose tests passed, and for which nothing has changed since, is replayed from turbo's cache, and the
 * summary says so; `npm test -- --force`, and every run with CI=true, run all of them.
 */
import { setUpBrowsers } from './lib/browsers.mjs'
import { build, turbo } from './lib/build.mjs'
import { main, run, seconds } from './lib/process.mjs'
import { clearReports, failuresOf, readReports, totalsOf } from './lib/reports.mjs'
import { recordResult } from './lib/results.mjs'
import { installedVersion, machineVersions } from './lib/runtime-versions.mjs'
import { setUp, toolEnv } from './lib/setup.mjs'
import { root } from './lib/workspace.mjs'

const BROWSERS = ['chromium', 'firefox', 'webkit']
const RUNTIMES = ['node', 'edge-light', 'workerd', ...BROWSERS]
/** Tests that need what Node alone has; they take the longest, and are started first. */
const NODE_ONLY = 'node-only'
const BUNDLE = '@isoauth/tests-runtimes#workerd-bundle'

await main(async () => {
  const began = performance.now()
  const startedAt = Date.now()
  const args = process.argv.slice(2)
  const isForced = process.env.CI === 'true' || args.join() === '--force'
  const isPart = args.length > 0 && args.join() !== '--force'
  await setUp()
  const [missing] = await Promise.all([wantsBrowsers(args) ? setUpBrowsers() : [], build()])
  clearReports()
  if (isPart) return runPart(args)

  // With CI=true a browser that is missing is started all the same, and fails.
  const there = [NODE_ONLY, ...RUNTIMES].filter(
    (name) => process.env.CI === 'true' || !missing.includes(name),
  )
  const versions = await runtimeVersions()
  const { code } = await turbo(
    [
      ...['run', ...there.map((name) => `vitest:${name}`), BUNDLE, '--only', '--continue'],
      ...['--concurrency=3', '--log-order=grouped', '--output-logs=new-only'],
      ...['--no-update-notifier', ...(isForced ? ['--force'] : [])],
    ],
    { show: true, env: cacheKeys(versions) },
  )
  const reports = readReports()
  const { bundle, [NODE_ONLY]: ofNode, ...runtimes } = reports
  const problems = [...unevenRuntimes(runtimes), ...withoutReport([...there, 'bundle'], reports)]
  const lines = RUNTIMES.map((name) =>
    summaryOf(name, runtimes[name], { missing, versions, startedAt }),
  )
  const others = Object.entries({ [NODE_ONLY]: ofNode, bundle }).map(([name, counts]) =>
    summaryOf(name, counts, { missing, versions, startedAt }),
  )
  const failures = [...failuresOf(reports), ...problems]
  const named = failures.map((failure) => `FAILED ${failure}`)
  console.log(['', ...named, '', ...lines, ...others].join('\n'))
  console.log(`\n${seconds((performance.now() - began) / 1000)} in all, set-up included`)
  const totals = totalsOf(reports)
  const failed = totals.failed + problems.length
  recordResult(totals.passed, code === 0 ? failed : Math.max(1, failed), failures)
  process.exitCode = code === 0 && failed === 0 ? 0 : 1
})

/** Whatever vitest is told, past the cache. */
async function runPart(args) {
  const { code } = await run('vitest', ['run', ...args], { cwd: root, env: toolEnv(), show: true })
  const reports = readReports()
  const { passed, failed } = totalsOf(reports)
  const failures = failuresOf(reports)
  for (const failure of failures) console.log(`FAILED ${failure}`)
  recordResult(passed, code === 0 ? failed : Math.max(1, failed), failures)
  process.exitCode = code === 0 ? 0 : 1
}

/** What the machine brings is no file of the project: its version decides whether a result still holds. */
function cacheKeys(versions) {
  return Object.fromEntries(
    BROWSERS.map((name) => [`ISOAUTH_${name.toUpperCase()}`, versions[name]]),
  )
}

async function runtimeVersions() {
  return {
    ...(await machineVersions()),
    node: `Node ${process.versions.node}`,
    [NODE_ONLY]: `Node ${process.versions.node}, tests of Node alone`,
    'edge-light': `@edge-runtime/vm ${installedVersion('@edge-runtime/vm')}`,
    workerd: `vitest-pool-workers ${installedVersion('@cloudflare/vitest-pool-workers')}`,
    bundle: `workerd ${installedVersion('workerd')}, without Node's names`,
  }
}

/** One line: what ran, in which version, how many tests; or that it was left out. */
function summaryOf(name, counts, { missing, versions, startedAt }) {
  if (counts === undefined) {
    return line(
      name,
      ...(missing.includes(name)
        ? ['SKIPPED', 'not installed here']
        : ['FAILED', 'did not report']),
    )
  }
  const { passed, failed, skipped, at } = counts
  const numbers = `${passed} passed${failed ? `, ${failed} failed` : ''}${skipped ? `, ${skipped} skipped` : ''}`
  const state = failed ? 'FAILED' : at < startedAt ? 'replayed' : 'ran'
  return line(name, state, `${numbers}  (${versions[name]})`)
}

/** A portable test runs everywhere or nowhere: a runtime that collected fewer of them has lost some. */
function unevenRuntimes(counted) {
  const expected = counted.node?.portable
  return Object.entries(counted)
    .filter(([, { portable }]) => portable !== expected)
    .map(([name, { portable }]) => `${name}: ${portable} portable tests where Node has ${expected}`)
}

function withoutReport(there, counted) {
  return there
    .filter((name) => counted[name] === undefined)
    .map((name) => `${name}: ended before it could count`)
}

/** Browsers are set up unless the run is narrowed to projects that need none. */
function wantsBrowsers(args) {
  const text = args.join(' ')
  return !text.includes('--project') || /chromium|firefox|webkit|\*|!/.test(text)
}

function line(name, state, what) {
  return `${name.padEnd(15)} ${state.padEnd(8)} ${what}`
}
