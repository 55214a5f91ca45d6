/** Wrong arguments, in the words of this project instead of the parser's. */
import type { Command, CommanderError } from 'commander'
import { argumentsInvalid, type CliError } from './errors.ts'

/**
 * What the parser refused, with what to write instead.
 *
 * @param program - every command that there is
 * @param argv - what was written
 */
export function usageError(
  { code, message }: CommanderError,
  program: Command,
  argv: readonly string[],
): CliError {
  const command = commandOf(program, argv)
  const [first = '', ...more] = message.replace(/^error: /, '').split('\n')
  const [name = ''] = /'[^']*'/.exec(first) ?? []
  const word = name.slice(1, -1)
  const suggestion = /Did you mean (?:one of )?([^?)]*)/.exec(more.join(' '))?.[1]
  const meant = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`
  const SEE = `See isoauth ${command === undefined ? '' : `${command.name()} `}--help.`
  const [option = ''] = word.split('=', 1)
  switch (code) {
    case 'commander.unknownCommand':
      if (word === '') return argumentsInvalid(`The name of the command is empty. ${SEE}`)
      return argumentsInvalid(`There is no command ${word}.${meant} ${SEE}`)
    case 'commander.unknownOption':
      if (
        argv[0]?.startsWith(option) &&
        command?.options.some(({ short, long }) => option === short || option === long)
      ) {
        return argumentsInvalid(
          `Options stand behind the command: isoauth ${command.name()} ${option}. ${SEE}`,
        )
      }
      if (word.includes('=')) {
        return argumentsInvalid(`There is no option ${option} with a value. ${SEE}`)
      }
      return argumentsInvalid(`There is no option ${word}.${meant} ${SEE}`)
    case 'commander.missingArgument':
      return argumentsInvalid(`The argument ${word.toUpperCase()} is missing. ${SEE}`)
    case 'commander.missingMandatoryOptionValue':
      return argumentsInvalid(`Option ${word} is missing. ${SEE}`)
    case 'commander.optionMissingArgument':
      return argumentsInvalid(`Option ${word} needs its value behind it. ${SEE}`)
    case 'commander.excessArguments':
      return argumentsInvalid(`There are more arguments than ${word} takes. ${SEE}`)
    case 'commander.invalidArgument':
      return argumentsInvalid(`${invalidValue(first)} ${SEE}`)
    default:
      return argumentsInvalid(`The arguments do not fit together. ${SEE}`)
  }
}

/** The command that was meant, whose help says more. Of options before it, the words may be values. */
function commandOf(program: Command, argv: readonly string[]): Command | undefined {
  const words = argv[0]?.startsWith('-') ? argv : argv.slice(0, 1)
  const commands = words.map((word) => program.commands.find((one) => one.name() === word))
  return commands.find((found) => found !== undefined)
}

/** `option '-p, --port <port>' argument 'x' is invalid. A number is required.`, without the value. */
function invalidValue(text: string): string {
  const subject = /^option '([^']*)'/.exec(text)?.[1]
  const argument = /for argument '([^']*)'/.exec(text)?.[1]?.toUpperCase()
  const end = text.indexOf('is invalid')
  const rule = end < 0 ? '' : text.slice(text.indexOf('. ', end) + 2)
  const what = subject === undefined ? `The argument ${argument}` : `Option ${subject}`
  return `${what} has a value that it does not take. ${rule}`
}
