import { expect, it } from 'vitest'
import { namesTwice, wronglyAsked } from './duplicates.ts'

it('names what several ask for by anything but the catalog, and ours by a range', () => {
  const problems = wronglyAsked([
    {
      where: 'a',
      manifest: { name: '@isoauth/a', dependencies: { ky: 'catalog:', ajv: '1.0.0' } },
    },
    { where: 'b', manifest: { devDependencies: { ky: '1.14.3', '@isoauth/a': 'workspace:^' } } },
    { where: 'c', manifest: { dependencies: { '@isoauth/a': 'workspace:*' } } },
  ])
  expect(problems).toEqual([
    'b: asks for ky as 1.14.3, not as catalog:',
    'b: asks for @isoauth/a as workspace:^, not as workspace:*',
  ])
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
