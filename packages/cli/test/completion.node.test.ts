/** The scripts that complete a command, each made of the same small command line. */
import { expect, it } from 'vitest'
import { bashCompletion } from '../src/internal/completion/bash.ts'
import { fishCompletion } from '../src/internal/completion/fish.ts'
import type { CompletionCommand } from '../src/internal/completion/model.ts'
import { zshCompletion } from '../src/internal/completion/zsh.ts'

const COMMANDS: readonly CompletionCommand[] = [
  {
    name: 'make',
    description: "a thing that's made",
    options: [
      { flags: ['--out', '-o'], description: 'the place [of it]: a folder', takes: 'folder' },
      { flags: ['--from'], description: 'a file', takes: 'file' },
      { flags: ['--name'], description: 'its name', takes: 'text' },
      { flags: ['--size'], description: 'its size', takes: ['small', 'large'] },
      { flags: ['--help', '-h'], description: 'show help', takes: 'nothing' },
    ],
    words: [],
  },
  { name: 'show', description: 'a thing', options: [], words: ['ONE', 'TWO'] },
]

it('for zsh', () => {
  const script = zshCompletion('tool', COMMANDS)
  expect(script.split('\n').map((line) => line.trim())).toEqual(
    expect.arrayContaining([
      '#compdef tool',
      '_tool() {',
      "'make:a thing that'\\''s made'",
      "'show:a thing'",
      [
        'make) _arguments',
        "'--out[the place of it a folder]:folder:_files -/' '-o[the place of it a folder]:folder:_files -/'",
        "'--from[a file]:file:_files' '--name[its name]:value: '",
        "'--size[its size]:value:(small large)' '--help[show help]' '-h[show help]' ;;",
      ].join(' '),
      "show) _arguments '1: :(ONE TWO)' ;;",
      'if [ "$funcstack[1]" = _tool ]; then _tool "$@"; else compdef _tool tool; fi',
    ]),
  )
})

it('for fish', () => {
  const within = (name: string) => `complete -c tool -n '__fish_seen_subcommand_from ${name}'`
  expect(fishCompletion('tool', COMMANDS)).toBe(
    [
      '# fish completion of tool:  tool completion fish | source',
      'complete -c tool -f',
      "complete -c tool -n __fish_use_subcommand -a make -d 'a thing that\\'s made'",
      `${within('make')} -l out -s o -x -a '(__fish_complete_directories)' -d 'the place [of it]: a folder'`,
      `${within('make')} -l from -r -F -d 'a file'`,
      `${within('make')} -l name -x -d 'its name'`,
      `${within('make')} -l size -x -a 'small large' -d 'its size'`,
      `${within('make')} -l help -s h -d 'show help'`,
      "complete -c tool -n __fish_use_subcommand -a show -d 'a thing'",
      `${within('show')} -a 'ONE TWO'`,
      '',
    ].join('\n'),
  )
})

it('for bash: the long options are offered, and both take their values', () => {
  const script = bashCompletion('tool', COMMANDS)
  expect(script).toContain('options="--out --from --name --size --help" words=""')
  expect(script).toContain('options="" words="ONE TWO"')
  expect(script).toMatch(/^ +--out\|-o\) .*; return ;;$/m)
  expect(script).toContain('compgen -W "make show help --help --version" -- "$current"')
  expect(script).toContain('help) words="make show" ;;')
})
