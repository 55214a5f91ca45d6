/** A body for a person: JSON laid out, other text without what steers a terminal, no bytes. */
import type { Io, Output } from '../io.ts'
import { type Colors, paragraph, withoutControls } from '../text.ts'
import { BEGINNING, chunksOf } from './answer.ts'
import { prettyJson } from './json-text.ts'

export interface ShownBody {
  /** The beginning of the body as text. */
  readonly beginning: string
  /** Nothing was written: these bytes would have upset the terminal. */
  readonly isBinary: boolean
}

/** JSON beyond this many characters is written as it comes, instead of laid out. */
const LARGEST_PRETTY = 4 * 1024 * 1024
const BINARY =
  'The answer is no text, and was not written on the terminal. Send it into a file: isoauth request ... > answer.bin.'

/** Writes the body; of one that is no text a word on standard error alone. */
export async function showBody(
  response: Response,
  { stdout, stderr }: Pick<Io, 'stdout' | 'stderr'>,
  colors: Colors,
): Promise<ShownBody> {
  const texts = textsOf(response)
  const first = await nextOf(texts)
  // As curl tells it: no text has this character.
  if (first.includes('\0')) {
    await texts.return(undefined)
    await stderr.write(paragraph(BINARY))
    return { beginning: '', isBinary: true }
  }
  const isStructured = mayBeJson(response, first)
  const gathered = isStructured ? await gather(first, texts) : first
  const shown = { beginning: gathered.slice(0, BEGINNING), isBinary: false }
  const isLaidOut = isStructured && gathered.length <= LARGEST_PRETTY
  const pretty = isLaidOut ? prettyJson(gathered, colors) : undefined
  if (pretty === undefined) await writeText(gathered, texts, stdout)
  else await stdout.write(`${pretty}\n`)
  return shown
}

async function* textsOf(response: Response): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder()
  for await (const chunk of chunksOf(response)) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

async function nextOf(texts: AsyncGenerator<string, undefined>): Promise<string> {
  const { value } = await texts.next()
  return value ?? ''
}

function mayBeJson({ headers }: Response, beginning: string): boolean {
  return /json/i.test(headers.get('content-type') ?? '') || /^\s*[[{]/.test(beginning)
}

/** The whole of the text, or as much as is enough to know that it is too long to be laid out. */
async function gather(first: string, texts: AsyncGenerator<string, undefined>): Promise<string> {
  let gathered = first
  while (gathered.length <= LARGEST_PRETTY) {
    const { value, done } = await texts.next()
    if (done) break
    gathered += value
  }
  return gathered
}

async function writeText(
  beginning: string,
  more: AsyncIterable<string>,
  stdout: Output,
): Promise<void> {
  let last = beginning.at(-1)
  if (beginning !== '') await stdout.write(withoutControls(beginning))
  for await (const text of more) {
    last = text.at(-1) ?? last
    if (text !== '') await stdout.write(withoutControls(text))
  }
  if (last !== undefined && last !== '\n') await stdout.write('\n')
}
