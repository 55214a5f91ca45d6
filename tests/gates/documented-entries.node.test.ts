import { expect, it } from 'vitest'
import { namesIn, specifiersIn } from './documented-entries.ts'

it('reads what a text says can be imported', () => {
  const text =
    "`@isoauth/core-crypto/rsaes-pkcs1-v1_5`, '@isoauth/sandbox/node', @isoauth/*, or @isoauth/core-client."
  expect(specifiersIn(text)).toEqual([
    '@isoauth/core-crypto/rsaes-pkcs1-v1_5',
    '@isoauth/sandbox/node',
    '@isoauth/core-client',
  ])
})

it('reads the names that have a section of their own', () => {
  const page =
    '## Classes\n\n### `abstract` CodedError\n\n### DH\\_GROUPS\n\n### modPow()\n\n#### Returns\n'
  expect(namesIn(page)).toEqual(['CodedError', 'DH_GROUPS', 'modPow'])
})
