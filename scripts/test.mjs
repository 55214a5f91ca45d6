/**
 * `npm test`: sets up everything, browsers included where the machine offers them, builds, and runs the tests in
 * six runtimes and one bundle in plain workerd. Arguments go to vitest: `npm test -- --project node packages/x`.
 */
import { setUpBrowsers } from './lib/browsers.mjs'
import { build } from './lib/build.mjs'
import { main, seconds } from './lib/process.mjs'
import { recordResult } from './lib/results.mjs'
import { runtimeVersions } from './lib/runtime-versions.mjs'
import { setUp } from './lib/setup.mjs'
import { vitest } from './lib/vitest.mjs'
import { workerdTest } from './workerd-test.mjs'

const runtimes = ['node', 'edge-light', 'workerd', 'chromium', 'firefox', 'webkit']

await main(async () => {
  const began = performance.now()
  const args = process.argv.slice(2)
  await setUp()
  const missing = wantsBrowsers(args) ? await setUpBrowsers() : []
  await build()
  const result = await vitest('vitest', args)
  if (args.length > 0) {
    recordResult(result.passed, result.failed)
    process.exitCode = result.ok ? 0 : 1
    return
  }
  const bundle = await workerdTest()
  const lines = await summary(result.runtimes, missing)
  const uneven = unevenRuntimes(result.runtimes)
  console.log(
    [
      '',
      ...lines,
      ...uneven,
      line('workerd bundle', bundle.ok ? 'passed' : 'FAILED', bundle.what),
    ].join('\n'),
  )
  console.log(`\n${seconds((performance.now() - began) / 1000)} in all, set-up included`)
  const failed = result.failed + uneven.length + (bundle.ok ? 0 : 1)
  const ok = result.ok && failed === 0
  recordResult(result.passed + (bundle.ok ? 1 : 0), ok ? 0 : Math.max(1, failed))
  process.exitCode = ok ? 0 : 1
})

/** One line a runtime: what ran, in which version, how many tests; or that it was left out. */
async function summary(counted, missing) {
  const versions = await runtimeVersions()
  return runtimes.map((name) => {
    const counts = counted[name]
    if (counts === undefined) {
      return line(name, 'SKIPPED', missing.includes(name) ? 'not installed here' : 'no tests ran')
    }
    const { passed, failed, skipped } = counts
    const numbers = `${passed} passed${failed ? `, ${failed} failed` : ''}${skipped ? `, ${skipped} skipped` : ''}`
    return line(name, failed ? 'FAILED' : 'ran', `${numbers}  (${versions[name]})`)
  })
}

/** A portable test runs everywhere or nowhere: a runtime that collected fewer of them has lost some. */
function unevenRuntimes(counted) {
  const expected = counted.node?.portable
  return Object.entries(counted)
    .filter(([, { portable }]) => portable !== expected)
    .map(([name, { portable }]) =>
      line(name, 'FAILED', `${portable} portable tests where Node has ${expected}`),
    )
}

/** Browsers are set up unless the run is narrowed to projects that need none. */
function wantsBrowsers(args) {
  const text = args.join(' ')
  return !text.includes('--project') || /chromium|firefox|webkit|\*|!/.test(text)
}

function line(name, state, what) {
  return `${name.padEnd(15)} ${state.padEnd(8)} ${what}`
}
