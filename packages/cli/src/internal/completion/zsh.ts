/** Completion for zsh. */
import type { CompletionCommand, CompletionOption } from './model.ts'

export function zshCompletion(name: string, commands: readonly CompletionCommand[]): string {
  const described = commands.map(
    (command) => `    ${quote(`${command.name}:${command.description}`)}`,
  )
  return `#compdef ${name}
# zsh completion of ${name}:  source <(${name} completion zsh)
_${name}() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(caseOf).join('\n')}
  esac
}
if [ "$funcstack[1]" = _${name} ]; then _${name} "$@"; else compdef _${name} ${name}; fi
`
}

function caseOf({ name, options, words }: CompletionCommand): string {
  const specs = [
    ...options.flatMap(specsOf),
    ...(words.length > 0 ? [`1: :(${words.join(' ')})`] : []),
  ]
  return `    ${name}) _arguments ${specs.map(quote).join(' ')} ;;`
}

function specsOf({ flags, description, takes }: CompletionOption): string[] {
  const text = description.replace(/[[\]\\:]/g, '')
  return flags.map((flag) => `${flag}[${text}]${action(takes)}`)
}

function action(takes: CompletionOption['takes']): string {
  if (takes === 'nothing') return ''
  if (takes === 'file') return ':file:_files'
  if (takes === 'folder') return ':folder:_files -/'
  return takes === 'text' ? ':value: ' : `:value:(${takes.join(' ')})`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
