/** The browsers of the test suite, from the machine's own packages: never downloaded, never needed. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run, seconds } from './process.mjs'

/** What each runtime needs on the machine: a file, and the Debian packages that bring it. */
function browsers() {
  const { CHROMIUM_BIN, FIREFOX_BIN, DISPLAY } = process.env
  return [
    {
      name: 'chromium',
      there: existsSync(CHROMIUM_BIN ?? '/usr/bin/chromium'),
      from: ['chromium'],
    },
    {
      name: 'firefox',
      there: existsSync(FIREFOX_BIN ?? '/usr/bin/firefox-esr'),
      from: ['firefox-esr'],
    },
    {
      name: 'webkit',
      there: onPath('WebKitWebDriver') && (Boolean(DISPLAY) || onPath('Xvfb')),
      from: ['webkit2gtk-driver', 'xvfb'],
    },
  ]
}

/**
 * Installs missing browsers by apt where that is possible, all or those named in `only`; returns those still missing,
 * said in one line.
 *
 * @param {{ only?: string[] }} [options]
 * @returns {Promise<string[]>}
 */
export async function setUpBrowsers({ only } = {}) {
  const absent = () =>
    browsers().filter(({ name, there }) => !there && (only?.includes(name) ?? true))
  const wanted = absent()
  if (wanted.length > 0 && mayInstall()) await install(wanted)
  const missing = absent()
  if (missing.length > 0) {
    const packages = missing.flatMap(({ from }) => from).join(' ')
    console.log(
      `setup: missing: ${missing.map(({ name }) => name).join(', ')}. To have them on Debian: ` +
        `apt-get install --no-install-recommends ${packages} (as root)`,
    )
  }
  return missing.map(({ name }) => name)
}

function mayInstall() {
  return process.env.ISOAUTH_SETUP_BROWSERS !== '0' && process.getuid?.() === 0 && onPath('apt-get')
}

async function install(wanted) {
  const packages = wanted.flatMap(({ from }) => from)
  console.log(
    `setup: browsers by apt-get (${packages.join(' ')}; off with ISOAUTH_SETUP_BROWSERS=0) …`,
  )
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const began = performance.now()
  await run('apt-get', ['update', '-qq'], { env })
  const add = (names) =>
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env })
  const together = await add(packages)
  // One package that this machine's release does not have must not cost the others.
  const results =
    together.code === 0
      ? []
      : await inTurn(
          wanted.map(
            ({ from }) =>
              () =>
                add(from),
          ),
        )
  for (const { code, output } of results) {
    if (code !== 0) console.log(`setup: apt-get: ${output.trim().split('\n').at(-1)}`)
  }
  console.log(`setup: browsers by apt-get: done (${seconds((performance.now() - began) / 1000)})`)
}

async function inTurn(works) {
  const results = []
  for (const work of works) results.push(await work())
  return results
}

function onPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, command)))
}
