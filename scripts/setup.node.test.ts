/** Set-up in a folder of its own, with programs in place of npm and pnpm that do what each test needs of them. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, it } from 'vitest'
import { useTemporaryFolder } from '../tests/support/temporary-folder.ts'

const folder = useTemporaryFolder()

const BEGIN = '#!/bin/sh\n'
const INSTALLS_PNPM = `case "$1" in install)
  mkdir -p .tools/node_modules/.bin .tools/node_modules/pnpm
  echo '{"version":"1.2.3"}' > .tools/node_modules/pnpm/package.json
  printf '#!/bin/sh\\necho "$@" >> pnpm-was-asked\\n' > .tools/node_modules/.bin/pnpm
  chmod +x .tools/node_modules/.bin/pnpm
esac`
const NO_REGISTRY = 'echo "npm error code EAI_AGAIN" >&2; exit 1'

/** Puts the scripts into the folder, and an `npm` first on the path. */
function project(npm: string) {
  cpSync(join(import.meta.dirname, 'lib'), join(folder(), 'scripts/lib'), { recursive: true })
  writeFileSync(
    join(folder(), 'package.json'),
    JSON.stringify({ packageManager: 'pnpm@1.2.3', engines: { node: '>=20.19' } }),
  )
  mkdirSync(join(folder(), 'bin'))
  writeFileSync(join(folder(), 'bin/npm'), `${BEGIN}${npm}\n`, { mode: 0o755 })
}

/** Runs set-up there; `before` is what is done first in the same process. */
function setUp(before = '') {
  const program = `${before}; (await import('./scripts/lib/process.mjs')).main((await import('./scripts/lib/setup.mjs')).setUp)`
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program],
    {
      cwd: folder(),
      encoding: 'utf8',
      env: { PATH: `${join(folder(), 'bin')}${delimiter}${process.env['PATH']}` },
    },
  )
  return { status, stdout, stderr }
}

it('installs pnpm anew where an installation of it was ended half-way', () => {
  project(`ls .tools/node_modules 2>&1 | head -1 >> npm-was-asked\n${INSTALLS_PNPM}`)
  mkdirSync(join(folder(), '.tools/node_modules/pnpm'), { recursive: true })
  writeFileSync(join(folder(), '.tools/node_modules/pnpm/package.json'), '{"version":"1.2.3"}')
  expect(setUp()).toMatchObject({ status: 0, stderr: '' })
  expect(readFileSync(join(folder(), 'npm-was-asked'), 'utf8')).toMatch(
    /No such file|cannot access/,
  )
  expect(readFileSync(join(folder(), 'pnpm-was-asked'), 'utf8')).toMatch(
    /^install --frozen-lockfile/,
  )
  writeFileSync(join(folder(), 'bin/npm'), `${BEGIN}touch asked-again\n`)
  expect(setUp().status).toBe(0)
  expect(existsSync(join(folder(), 'asked-again'))).toBe(false)
})

it('installs pnpm anew where its manifest was not written whole', () => {
  project(INSTALLS_PNPM)
  mkdirSync(join(folder(), '.tools/node_modules/pnpm'), { recursive: true })
  writeFileSync(join(folder(), '.tools/node_modules/pnpm/package.json'), '{"vers')
  expect(setUp()).toMatchObject({ status: 0, stderr: '' })
})

it('gives npm the settings of the machine, which it does not look for with a prefix', () => {
  project(`test "$1 $2 $3" = "config get globalconfig" && echo /machine/npmrc
case "$*" in "install "*" --globalconfig=/machine/npmrc "*) touch given ;; esac
${INSTALLS_PNPM}`)
  expect(setUp()).toMatchObject({ status: 0, stderr: '' })
  expect(existsSync(join(folder(), 'given'))).toBe(true)
})

it.each([
  ['without a terminal', ''],
  ['in a terminal, where what npm writes is shown and not kept', 'process.stdout.isTTY = true'],
])('names the registry where it cannot be reached, %s', (_, before) => {
  project(NO_REGISTRY)
  const { status, stderr } = setUp(before)
  expect(status).toBe(1)
  expect(stderr).toContain('The package registry could not be reached.')
})

it('names no registry in a terminal where that answers', () => {
  project('test "$1" = ping')
  const { status, stderr } = setUp('process.stdout.isTTY = true')
  expect(status).toBe(1)
  expect(stderr).toContain('Mend what the lines above say')
})

it('says that the registry does not answer while npm goes on trying, once', () => {
  const npm = `test "$1" = ping && { ${NO_REGISTRY}; }\nsleep 1\n${INSTALLS_PNPM}`
  const quicker = 'const each = setInterval; globalThis.setInterval = (f, ms) => each(f, ms / 150)'
  project(npm)
  const { status, stdout } = setUp(quicker)
  expect(status).toBe(0)
  expect(stdout.match(/the package registry cannot be reached; npm goes on trying/g)).toHaveLength(
    1,
  )
})
