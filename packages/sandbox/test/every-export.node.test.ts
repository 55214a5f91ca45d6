/** Every export, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/sandbox'
import * as node from '@isoauth/sandbox/node'
import * as playwright from '@isoauth/sandbox/playwright'
import * as vitest from '@isoauth/sandbox/vitest'
import { describe, expect, it } from 'vitest'
import {
  always,
  functionsOf,
  type Outcomes,
  outcomesOf,
} from '../../../tests/support/wrong-arguments.ts'

const OPTION = 'SANDBOX_OPTION_INVALID'

const EXPORTS: Readonly<Record<string, Outcomes>> = {
  SandboxError: always(OPTION),
  checkCredentialsFile: always(OPTION),
  runSandbox: always(OPTION),
  writeCredentialsFile: always(OPTION),
}

describe('an export', () => {
  const exported = { ...main, ...node }

  it('of every name is in the table', () => {
    expect(functionsOf(exported)).toEqual(
      [...Object.keys(EXPORTS), 'createSandbox', 'serve'].sort(),
    )
  })

  it.each(Object.entries(EXPORTS))('%s', async (name, expected) => {
    expect(await outcomesOf(exported, name)).toEqual(expected)
  })
})

it('of the fixtures is sandboxFixture alone', () => {
  expect([Object.keys(vitest), Object.keys(playwright)]).toEqual([
    ['sandboxFixture'],
    ['sandboxFixture'],
  ])
})

it.each([null, 5, 'x', [[]]])('createSandbox: options that are %j', async (options) => {
  await expect(main.createSandbox(options as never)).rejects.toMatchObject({
    code: OPTION,
    option: 'options',
  })
})

it.each([null, 5, 'x', [[]]])('sandboxFixture: options that are %j', (options) => {
  for (const { sandboxFixture } of [vitest, playwright]) {
    expect(() => sandboxFixture(options as never)).toThrow(
      expect.objectContaining({ code: OPTION, option: 'options' }),
    )
  }
})

// Of `serve` every option may be left out: called with nothing it serves.
it.each([null, 5, 'x', [[]]])('serve: options that are %j', async (options) => {
  await expect(node.serve(options as never)).rejects.toMatchObject({
    code: OPTION,
    option: 'options',
  })
})

it.each([null, 5, 'x', [[]]])('options of the credentials file that are %j', async (options) => {
  await expect(node.checkCredentialsFile('x.json', options as never)).rejects.toMatchObject({
    code: OPTION,
    option: 'options',
  })
})
