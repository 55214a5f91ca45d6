/** Completion for fish. */
import type { CompletionCommand, CompletionOption } from './model.ts'

export function fishCompletion(name: string, commands: readonly CompletionCommand[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c ${name} -n __fish_use_subcommand -a ${command.name} -d ${quote(command.description)}`,
    ...command.options.map((option) => optionLine(name, command, option)),
    ...(command.words.length > 0
      ? [`complete -c ${name} -n ${within(command)} -a ${quote(command.words.join(' '))}`]
      : []),
  ])
  return `# fish completion of ${name}:  ${name} completion fish | source
complete -c ${name} -f
${lines.join('\n')}
`
}

function optionLine(name: string, command: CompletionCommand, option: CompletionOption): string {
  const flags = option.flags.map((flag) =>
    flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  )
  const description = `-d ${quote(option.description)}`
  return [`complete -c ${name} -n ${within(command)}`, ...flags, value(option), description]
    .filter(Boolean)
    .join(' ')
}

function value({ takes }: CompletionOption): string {
  if (takes === 'nothing') return ''
  if (takes === 'file') return '-r -F'
  if (takes === 'folder') return "-x -a '(__fish_complete_directories)'"
  return takes === 'text' ? '-x' : `-x -a ${quote(takes.join(' '))}`
}

function within({ name }: CompletionCommand): string {
  return quote(`__fish_seen_subcommand_from ${name}`)
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
