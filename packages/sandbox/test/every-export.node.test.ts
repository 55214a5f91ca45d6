/** Every export, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/sandbox'
import * as node from '@isoauth/sandbox/node'
import * as playwright from '@isoauth/sandbox/playwright'
import * as vitest from '@isoauth/sandbox/vitest'
import { expect, it } from 'vitest'
import * as every from '../../../tests/support/every-export.ts'

const OPTION = 'SANDBOX_OPTION_INVALID'

const EXPORTS: every.Table = {
  SandboxError: every.always(OPTION),
  checkCredentialsFile: every.always(OPTION),
  runSandbox: every.always(OPTION),
  writeCredentialsFile: every.always(OPTION),
}

// Of these every option may be left out: called with nothing they work.
every.describeExports({ ...main, ...node }, EXPORTS, { others: ['createSandbox', 'serve'] })

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
