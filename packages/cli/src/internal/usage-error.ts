/** Wrong arguments, in the words of this project instead of the parser's. */
import type { CommanderError } from 'commander'
import { argumentsInvalid, type CliError } from './errors.ts'

/**
 * What the parser refused, with what to write instead.
 *
 * @param command - the command whose help says more, where one was named
 */
export function usageError({ code, message }: CommanderError, command?: string): CliError {
  const [first = '', ...more] = message.replace(/^error: /, '').split('\n')
  const [name = ''] = /'[^']*'/.exec(first) ?? []
  const word = name.slice(1, -1)
  const suggestion = /Did you mean (?:one of )?([^?)]*)/.exec(more.join(' '))?.[1]
  const meant = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`
  const SEE = `See isoauth ${command === undefined ? '' : `${command} `}--help.`
  switch (code) {
    case 'commander.unknownCommand':
      return argumentsInvalid(`There is no command ${word}.${meant} ${SEE}`)
    case 'commander.unknownOption':
      if (word.includes('=')) {
        return argumentsInvalid(`There is no option ${word.split('=', 1)[0]} with a value. ${SEE}`)
      }
      return argumentsInvalid(`There is no option ${word}.${meant} ${SEE}`)
    case 'commander.missingArgument':
      return argumentsInvalid(`The argument ${word.toUpperCase()} is missing. ${SEE}`)
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

/** `option '-p, --port <port>' argument 'x' is invalid. A number is required.`, without the value. */
function invalidValue(text: string): string {
  const subject = /^option '([^']*)'/.exec(text)?.[1]
  const argument = /for argument '([^']*)'/.exec(text)?.[1]?.toUpperCase()
  const end = text.indexOf('is invalid')
  const rule = end < 0 ? '' : text.slice(text.indexOf('. ', end) + 2)
  const what = subject === undefined ? `The argument ${argument}` : `Option ${subject}`
  return `${what} has a value that it does not take. ${rule}`
}
