import { expect, it } from 'vitest'
import { differentlyAsked, namesTwice } from './duplicates.mjs'

it('names what two manifests ask for in different versions', () => {
  const problems = differentlyAsked([
    { where: 'a', manifest: { dependencies: { ky: '1.14.3', jose: '6.2.17' } } },
    { where: 'b', manifest: { devDependencies: { ky: '1.14.2', jose: '6.2.17' } } },
    { where: 'c', manifest: {} },
  ])
  expect(problems).toEqual(['ky: asked for as 1.14.3 (a) and as 1.14.2 (b)'])
})

it('finds names that a lockfile has in several versions', () => {
  const lockfile = [
    "lockfileVersion: '9.0'",
    'packages:',
    '',
    "  '@a/one@1.0.0':",
    '    resolution: {integrity: x}',
    "  '@a/one@2.0.0':",
    '    resolution: {integrity: y}',
    '  two@1.0.0:',
    '    resolution: {integrity: z}',
    'snapshots:',
    '  two@1.0.0(three@1.0.0):',
    '  two@1.0.0(three@2.0.0):',
  ].join('\n')
  expect(namesTwice(lockfile)).toEqual(['@a/one'])
})
