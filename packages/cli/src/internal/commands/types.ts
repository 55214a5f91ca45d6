/** `isoauth types`: types of a service's endpoints, made on the user's machine. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Context } from '../context.ts'
import { readFileName, readSeconds, withJson } from './options.ts'
import type { TypesOptions } from './types-options.ts'

const AFTER = `
The broker serves a description of its Web API (OpenAPI) at
https://api.ibkr.com/gw/api/v3/api-docs. It states no licence, so neither it nor
types made of it come with this command: you make them for yourself. Where it is
known to differ from the broker's answers it is corrected first; each correction
is told. Of a description of something else nothing is corrected.

openapi-typescript makes the types, and is looked for beside this command, then
in the working folder:

  npm install --save-dev openapi-typescript@7.13.0 typescript@5

Examples:
  isoauth types --from https://api.ibkr.com/gw/api/v3/api-docs --out ibkr.d.ts
  isoauth types --from api-docs.json --out src/ibkr.d.ts
`

export function addTypes(program: Command, context: Context): void {
  const command = program
    .command('types')
    .description("make TypeScript types of the endpoints from a service's OpenAPI description")
    .requiredOption('--from <file|url>', 'the description, as JSON: OpenAPI 3', readSource)
    .requiredOption('-o, --out <file>', 'where to write, such as ibkr.d.ts', readFileName)
    .option('--force', 'replace a file that this command did not write')
    .addOption(
      new Option('-m, --max-time <seconds>', 'wait for the description no longer (60)').argParser(
        readSeconds,
      ),
    )
  withJson(command, AFTER).action(async (options: TypesOptions) => {
    const { makeTypes } = await import('../types/make-types.ts')
    await makeTypes(context, options)
  })
}

function readSource(text: string): string {
  if (text !== '') return text
  throw new InvalidArgumentError('A file name or an address is required.')
}
