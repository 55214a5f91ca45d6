/** What the tests need of the machine's own packages: never downloaded, never needed. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run, seconds } from './process.mjs'

/**
 * Installs what is absent by apt where that is possible; returns the names of what still is, said in one line.
 *
 * @param {string} what
 * @param {() => { name: string, from: string[] }[]} absent
 * @returns {Promise<string[]>}
 */
export async function installMissing(what, absent) {
  const wanted = absent()
  if (wanted.length > 0 && mayInstall()) await install(what, wanted)
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

/** The Redis of the fleet's tests, installed where that is possible. */
export async function setUpRedis() {
  const redis = { name: 'redis', from: ['redis-server'] }
  return await installMissing('Redis', () => (onPath('redis-server') ? [] : [redis]))
}

function mayInstall() {
  return process.env.ISOAUTH_SETUP_BROWSERS !== '0' && process.getuid?.() === 0 && onPath('apt-get')
}

async function install(what, wanted) {
  const packages = wanted.flatMap(({ from }) => from)
  console.log(
    `setup: ${what} by apt-get (${packages.join(' ')}; off with ISOAUTH_SETUP_BROWSERS=0) …`,
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
  console.log(`setup: ${what} by apt-get: done (${seconds((performance.now() - began) / 1000)})`)
}

async function inTurn(works) {
  const results = []
  for (const work of works) results.push(await work())
  return results
}

/**
 * True where a program is found by its name.
 *
 * @param {string} command
 */
export function onPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, command)))
}
