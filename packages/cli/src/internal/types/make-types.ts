/** Types of a service's endpoints: description, corrections, generator, file. */
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { TypesOptions } from '../commands/types-options.ts'
import { type Context, writeJson } from '../context.ts'
import { fileError, fileExists, writeOwnFile } from '../files.ts'
import { count, paragraph } from '../text.ts'
import { correct } from './correct.ts'
import { type Correction, IBKR_CORRECTIONS, type JsonObject } from './corrections.ts'
import { loadGenerator, placesFor } from './generator.ts'
import { readDescription } from './read-description.ts'

/** How a file begins that may be replaced without being asked for. */
const MARK = '/** Made by "isoauth types"'

/** Makes the types and writes them; tells what was corrected. */
export async function makeTypes(context: Context, options: TypesOptions): Promise<void> {
  context.isJson = options.json === true
  const { io, colors } = context
  const out = resolve(io.cwd, options.out)
  if (options.force !== true) await requireReplaceable(out)
  const generate = await loadGenerator(placesFor(io.cwd))
  const read = await readDescription(context, options)
  const { description, applied } = correct(read, isOfBroker(read) ? IBKR_CORRECTIONS : [])
  const text = head(read, applied) + (await generate(description))
  io.signal.throwIfAborted()
  await writeOwnFile(out, text)
  const paths = Object.keys(Object(read['paths'])).length
  if (context.isJson) {
    writeJson(context, { out, paths, corrections: applied.map((one) => one.description) })
    return
  }
  await io.stdout.write(`${colors.green('Written:')} ${options.out}, ${count(paths, 'path')}\n`)
  for (const { description: words } of applied)
    await io.stdout.write(paragraph(`Corrected: ${words}`))
}

async function requireReplaceable(file: string): Promise<void> {
  const beginning = await beginningOf(file)
  if (beginning !== undefined && !beginning.startsWith(MARK)) throw fileExists(file)
}

async function beginningOf(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MARK.length))
      return buffer.subarray(0, bytesRead).toString()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw fileError('CLI_FILE_UNWRITABLE', `Cannot look at ${file}, which --out names`, error)
  }
}

/** Told by a path that no other service has, since titles change. */
function isOfBroker({ paths }: JsonObject): boolean {
  return Object.hasOwn(Object(paths), '/gw/api/v1/sso-sessions')
}

/** A comment that says what the file is; nothing of the description's own words can end it. */
function head({ info }: JsonObject, applied: readonly Correction[]): string {
  const { title, version } = Object(info) as JsonObject
  const plain = (value: unknown) =>
    String(value ?? 'without')
      .replace(/[^\w .-]/g, '')
      .slice(0, 80)
  return [
    `${MARK} out of the OpenAPI description "${plain(title)}", version ${plain(version)}.`,
    ' * Its owner may have rights in it: ask them before this file is published. Written anew at each run.',
    ...applied.map(({ description }) => ` * Corrected: ${description}.`),
    ' */\n\n',
  ].join('\n')
}
