/** An OpenAPI description, read from a file or an address, bounded, and checked for what types are made of. */
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { argumentsInvalid, CliError } from '../errors.ts'
import { fileError } from '../files.ts'
import { isLoopback } from '../loopback.ts'
import { watchHost } from '../network.ts'
import { isObject } from './correct.ts'
import type { JsonObject } from './corrections.ts'

/** Bytes; the broker's own has 0.9 million. */
const LARGEST = 32 * 1024 * 1024
const DEFAULT_SECONDS = 60
const MOST_REDIRECTS = 5

interface Reading {
  readonly from: string
  /** Seconds until an address has given all of it. */
  readonly maxTime?: number | undefined
}

/**
 * @throws CliError `CLI_DESCRIPTION_UNREADABLE` for what is no OpenAPI description, `CLI_FILE_UNREADABLE` for a file that
 *   cannot be read, `CLI_ARGUMENTS_INVALID` for an address that is not safe.
 */
export async function readDescription(context: Context, reading: Reading): Promise<JsonObject> {
  const isAddress = /^[a-z][a-z\d+.-]+:\/\//i.test(reading.from)
  const bytes = isAddress ? await fetched(context, reading) : await fromFile(context, reading.from)
  const description = parsed(bytes)
  requireOpenApi3(description)
  requireNoForeignReference(description)
  return description
}

function unreadable(message: string): CliError {
  return new CliError(message, { code: 'CLI_DESCRIPTION_UNREADABLE', option: 'from' })
}

function tooLarge(): CliError {
  return unreadable(
    'What --from names is larger than 32 MiB, which no description is. Check the name or address.',
  )
}

async function fromFile({ io }: Context, name: string): Promise<Uint8Array> {
  try {
    const file = await open(resolve(io.cwd, name))
    try {
      const { size } = await file.stat()
      if (size > LARGEST) throw tooLarge()
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof CliError) throw error
    throw fileError('CLI_FILE_UNREADABLE', `Cannot read ${name}, named by --from`, error)
  }
}

async function fetched(
  context: Context,
  { from, maxTime = DEFAULT_SECONDS }: Reading,
): Promise<Uint8Array> {
  const { io, hosts } = context
  const late = AbortSignal.timeout(maxTime * 1000)
  const signal = AbortSignal.any([io.signal, late])
  try {
    const response = await followed(from, { signal, fetch: watchHost(globalThis.fetch, hosts) })
    if (!response.ok) {
      await response.body?.cancel()
      throw unreadable(
        `The address of --from answered ${response.status}. Check it: open it in a browser, save what it gives, and name the file.`,
      )
    }
    return await bounded(response)
  } catch (error) {
    if (late.aborted && !io.signal.aborted) {
      throw unreadable(
        `The address of --from has not given a description within ${maxTime} s. Allow more by --max-time, or save the description and name the file.`,
      )
    }
    throw error
  }
}

/** Redirects are followed by hand: what a redirect leads to may be no safer than where it began. */
async function followed(
  from: string,
  { fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal },
): Promise<Response> {
  let address = from
  for (let steps = 0; steps <= MOST_REDIRECTS; steps++) {
    requireSafe(address)
    const headers = { accept: 'application/json' }
    const response = await fetch(address, { signal, headers, redirect: 'manual' })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || location === null) return response
    await response.body?.cancel()
    address = URL.canParse(location, address) ? new URL(location, address).href : ''
  }
  throw unreadable('The address of --from is redirected again and again. Check it in a browser.')
}

async function bounded({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > LARGEST) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Whoever can change what passes would write into the user's project. */
function requireSafe(address: string): void {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (isSafe && url.username === '' && url.password === '') return
  throw argumentsInvalid(
    '--from must be a file, or an address that begins with https:// (http:// for this machine alone), without a user name, and leads to none that is otherwise.',
    'from',
  )
}

function parsed(bytes: Uint8Array): JsonObject {
  let value: unknown
  try {
    // A mark of byte order is taken off.
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw unreadable(
      'What --from names is no JSON. A description in YAML has to be converted first; a page (HTML) is not the description.',
    )
  }
  if (isObject(value)) return value
  throw unreadable('What --from names is JSON, but no object, as an OpenAPI description is.')
}

function requireOpenApi3({ openapi, swagger, paths }: JsonObject): void {
  if (swagger !== undefined) {
    throw unreadable(
      'What --from names is a description of Swagger 2. OpenAPI 3 is needed: convert it first.',
    )
  }
  if (typeof openapi === 'string' && /^3\.[012]\./.test(openapi) && isObject(paths)) return
  throw unreadable(
    'What --from names is no OpenAPI 3 description: its member openapi must be 3.0, 3.1 or 3.2 with a patch number, and paths an object.',
  )
}

/** The generator would read files and addresses that a description names. */
function requireNoForeignReference(value: unknown): void {
  const rest: unknown[] = [value]
  while (rest.length > 0) {
    const next = rest.pop()
    if (typeof next !== 'object' || next === null) continue
    const { $ref } = next as JsonObject
    if (typeof $ref === 'string' && !$ref.startsWith('#')) {
      throw unreadable(
        'What --from names refers to another file or address ($ref), and none is read for it. Bundle it into one file first.',
      )
    }
    for (const member of Object.values(next)) rest.push(member)
  }
}
