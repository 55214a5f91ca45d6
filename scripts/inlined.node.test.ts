import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { useTemporaryFolder } from '../tests/support/temporary-folder.ts'
import { inlinedInto, LICENCES, licencesOf, noticeOf } from './lib/inlined.mjs'
import { type Manifest, publicPackages, rootManifest } from './lib/workspace.mjs'

const folder = useTemporaryFolder()
beforeEach(() => {
  const installed = join(folder(), 'node_modules/@noble/one')
  mkdirSync(installed, { recursive: true })
  writeFileSync(
    join(installed, 'package.json'),
    JSON.stringify({ name: '@noble/one', version: '1.2.3', license: 'MIT' }),
  )
  writeFileSync(join(installed, 'LICENSE'), '\nThe MIT License\n\nCopyright (c) 2022 Somebody\n\n')
})

function manifestWith(inlinedDependencies?: Record<string, string>): Manifest {
  return { name: '@isoauth/one', inlinedDependencies } as Manifest
}

it('reads version, licence and its text of what is installed', () => {
  expect(inlinedInto(folder(), manifestWith())).toEqual([])
  const inlined = inlinedInto(folder(), manifestWith({ '@noble/one': '1.2.3' }))
  const text = 'The MIT License\n\nCopyright (c) 2022 Somebody'
  expect(inlined).toEqual([{ name: '@noble/one', version: '1.2.3', licence: 'MIT', text }])
  expect(licencesOf(inlined)).toBe(`@noble/one 1.2.3\n\n${text}\n`)
  expect(noticeOf(inlined)).toBe(
    `/* With code of @noble/one 1.2.3 (MIT); the licences are in ${LICENCES}. */`,
  )
})

it('refuses another version than the one that is named', () => {
  expect(() => inlinedInto(folder(), manifestWith({ '@noble/one': '1.2.2' }))).toThrow(
    '@isoauth/one: inlinedDependencies names @noble/one 1.2.2, and 1.2.3 is installed: write that version there',
  )
})

it('finds what is installed above a package', () => {
  const below = join(folder(), 'packages/two')
  const inlined = inlinedInto(below, manifestWith({ '@noble/one': '1.2.3' }))
  expect(inlined.map(({ name, version }) => `${name} ${version}`)).toEqual(['@noble/one 1.2.3'])
  expect(() => inlinedInto(below, manifestWith({ '@noble/two': '1.2.3' }))).toThrow(
    '@noble/two is inlined into',
  )
})

it('is among what building takes, which is all that npm start installs beside what a package needs to run', () => {
  const inlined = publicPackages().flatMap(({ manifest }) =>
    Object.keys(manifest.inlinedDependencies ?? {}),
  )
  expect(inlined.length).toBeGreaterThan(0)
  expect(Object.keys(rootManifest.dependencies)).toEqual(expect.arrayContaining(inlined))
})
