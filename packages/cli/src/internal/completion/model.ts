/** What can be completed, read off the definition of the command line. */
import type { Command, Option } from 'commander'

export interface CompletionOption {
  /** `--config`, `-c`. */
  readonly flags: readonly string[]
  readonly description: string
  readonly takes: 'nothing' | 'text' | 'file' | 'folder' | readonly string[]
}

export interface CompletionCommand {
  readonly name: string
  readonly description: string
  readonly options: readonly CompletionOption[]
  /** Words that may stand as arguments. */
  readonly words: readonly string[]
}

const HELP: CompletionOption = {
  flags: ['--help', '-h'],
  description: 'show help',
  takes: 'nothing',
}

/** Every command, with its options. */
export function completionModel(program: Command): CompletionCommand[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [...command.options.map(optionOf), HELP],
    words: command.registeredArguments.flatMap(
      ({ argChoices, description }) =>
        // The methods of a request are told in its description, since any case is taken.
        argChoices ?? (/^[A-Z]+(, [A-Z]+)+$/.test(description) ? description.split(', ') : []),
    ),
  }))
}

function optionOf(option: Option): CompletionOption {
  const { long, short, description } = option
  const flags = [long, short].filter((flag) => flag != null)
  return { flags, description, takes: takes(option) }
}

function takes({ required, argChoices, flags }: Option): CompletionOption['takes'] {
  if (!required) return 'nothing'
  if (argChoices !== undefined) return argChoices
  if (/<file>/.test(flags)) return 'file'
  return /<dir>/.test(flags) ? 'folder' : 'text'
}
