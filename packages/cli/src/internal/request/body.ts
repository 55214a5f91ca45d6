/** The body of a request and the headers that a person gave. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { argumentsInvalid, CliError } from '../errors.ts'
import { fileError } from '../files.ts'
import { allOf, type Io } from '../io.ts'

/** Text as it is, `@FILE` the file's bytes, `-` or `@-` the standard input's. */
export async function readBody(
  data: string | undefined,
  { stdin, cwd }: Pick<Io, 'stdin' | 'cwd'>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (data === undefined) return undefined
  if (data === '-' || data === '@-') return await allOf(stdin)
  if (!data.startsWith('@')) return new TextEncoder().encode(data)
  const file = data.slice(1)
  try {
    return new Uint8Array(await readFile(resolve(cwd, file)))
  } catch (error) {
    const what = `Cannot read ${file || 'the file'}, named by --data`
    const { message, code } = fileError('CLI_FILE_UNREADABLE', what, error)
    throw new CliError(message, { code, option: 'data' })
  }
}

/** Of the connection and the framing; a platform refuses them, or sends its own. */
const OF_PLATFORM =
  /^(?:connection|content-length|expect|keep-alive|trailer|transfer-encoding|upgrade)$/i

/** The headers of `-H 'Name: value'`, and a content type that fits the body where none is given. */
export function readHeaders(
  lines: readonly string[],
  body: Uint8Array<ArrayBuffer> | undefined,
): Headers {
  const headers = new Headers()
  for (const line of lines) {
    const [, name, value] = /^([^\s:]+):\s*(.*)$/s.exec(line) ?? []
    if (name === undefined || value === undefined) {
      throw argumentsInvalid("--header must be of the form 'Name: value'.", 'header')
    }
    if (name.toLowerCase() === 'authorization') {
      throw argumentsInvalid('--header must not be Authorization: isoauth writes it.', 'header')
    }
    if (OF_PLATFORM.test(name)) {
      throw argumentsInvalid(
        `--header ${name} is written by the platform, which says by it how it sends: leave it out.`,
        'header',
      )
    }
    try {
      headers.append(name, value)
    } catch {
      // The platform's message quotes the value.
      throw argumentsInvalid(`--header ${name} has characters that no header may have.`, 'header')
    }
  }
  if (body !== undefined && !headers.has('content-type')) {
    headers.set(
      'content-type',
      isJson(body) ? 'application/json' : 'application/x-www-form-urlencoded',
    )
  }
  return headers
}

function isJson(body: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return true
  } catch {
    return false
  }
}
