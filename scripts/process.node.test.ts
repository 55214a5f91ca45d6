/** How the project's commands start other programs where systems differ. */
import { expect, it } from 'vitest'
import { startOf } from './lib/process.mjs'

it('starts a program itself, with its arguments as they are', () => {
  const args = ['config', 'get', 'a "b" c']
  for (const platform of ['linux', 'darwin']) {
    expect(startOf('npm', args, platform)).toEqual({ command: 'npm', args, shell: false })
  }
})

it('on Windows starts what is given by its whole path itself', () => {
  const node = 'C:\\Program Files\\nodejs\\node.exe'
  expect(startOf(node, ['a b'], 'win32')).toEqual({ command: node, args: ['a b'], shell: false })
})

it.each([
  ['as they are', ['install', '--prefix', 'C:\\isoauth\\.tools', 'pnpm@12.21.0']],
  [
    'a blank',
    ['--globalconfig=C:\\Program Files\\etc\\npmrc'],
    ['"--globalconfig=C:\\Program Files\\etc\\npmrc"'],
  ],
  ['a backslash at the end', ['C:\\my folder\\'], ['"C:\\my folder\\\\"']],
  ['quotation marks', ['say "no"'], ['"say \\"no\\""']],
  ['a backslash before a quotation mark', ['a\\"b'], ['"a\\\\\\"b"']],
  [
    'signs of the shell',
    ['!@isoauth/docs', 'a&b', '@isoauth/cli...'],
    ['"!@isoauth/docs"', '"a&b"', '@isoauth/cli...'],
  ],
  ['nothing', [''], ['""']],
])('on Windows leaves command files such as npm.cmd to the shell: %s', (_, args, quoted = args) => {
  const command = ['npm', ...quoted].join(' ')
  expect(startOf('npm', args, 'win32')).toEqual({ command, args: [], shell: true })
})
