/** Options that several commands have. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { COLOR_CHOICES } from '../text.ts'

export interface ConfigOption {
  readonly config?: string
  readonly profile?: string
}

export function configOption(): Option {
  return new Option('-c, --config <file>', 'credentials: JSON; found by itself, see isoauth --help')
}

export function profileOption(): Option {
  return new Option('-P, --profile <name>', 'read isoauth.<name>.json in the place of isoauth.json')
}

/** The end of a command that can answer in JSON: that option, and the text after its help. */
export function withJson(command: Command, after: string): Command {
  return command
    .option('--json', 'write one JSON document, for scripts')
    .addHelpText('after', after)
}

export function colorOption(): Option {
  const option = new Option('--color <when>', 'colours: auto (on a terminal), always or never')
  return option.choices([...COLOR_CHOICES])
}

/** Of options that name a file. */
export function readFileName(text: string): string {
  if (text !== '') return text
  throw new InvalidArgumentError('A file name is required.')
}

/** Of options such as --max-time. */
export function readSeconds(text: string): number {
  const seconds = /^(?:\d+|\d*\.\d+)$/.test(text) ? Number(text) : Number.NaN
  if (seconds >= 0.001 && seconds <= 86_400) return seconds
  throw new InvalidArgumentError('Seconds from 0.001 to 86400 are required, such as 30 or 0.5.')
}
