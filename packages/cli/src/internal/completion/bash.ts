/** Completion for bash, without anything beyond bash itself. */
import type { CompletionCommand, CompletionOption } from './model.ts'

export function bashCompletion(name: string, commands: readonly CompletionCommand[]): string {
  const cases = commands.map(caseOf).join('\n')
  const names = [...commands.map((command) => command.name), 'help', '--help', '--version']
  return `# bash completion of ${name}:  source <(${name} completion bash)
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local options= words= IFS=$' \\t\\n'
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names.join(' ')}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases}
    help) words="${commands.map((command) => command.name).join(' ')}" ;;
  esac
  if [ "\${current:0:1}" = - ]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -F _${name} ${name}
`
}

function caseOf({ name, options, words }: CompletionCommand): string {
  const flags = options.flatMap((option) => option.flags.slice(0, 1)).join(' ')
  const values = options.filter(({ takes }) => takes !== 'nothing').map(optionValue)
  return `    ${name})
      options="${flags}" words="${words.join(' ')}"
      case "$previous" in
${values.join('\n')}
      esac ;;`
}

function optionValue({ flags, takes }: CompletionOption): string {
  return `        ${flags.join('|')}) ${reply(takes)}; return ;;`
}

function reply(takes: CompletionOption['takes']): string {
  // Names with blanks are one each: a line at a time, and quoted by bash.
  const files = (kind: string) =>
    `compopt -o filenames 2>/dev/null; IFS=$'\\n'; COMPREPLY=($(compgen -${kind} -- "$current"))`
  if (takes === 'file') return files('f')
  if (takes === 'folder') return files('d')
  if (takes === 'text' || takes === 'nothing') return ':'
  return `COMPREPLY=($(compgen -W "${takes.join(' ')}" -- "$current"))`
}
