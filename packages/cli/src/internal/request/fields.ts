/** `-F key=value` and `-f key=value`: fields of a query, or of a JSON body. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { argumentsInvalid, CliError } from '../errors.ts'
import { fileError } from '../files.ts'
import { allOf, type Io } from '../io.ts'

/** One field as it was written, in the order of the command line. */
export interface GivenField {
  /** `key=value` */
  readonly text: string
  /** Whether the value has a type and may name a file: `-F`, not `-f`. */
  readonly isTyped: boolean
}

interface Field {
  readonly key: string
  readonly value: unknown
  /** The value as a query has it. */
  readonly text: string
}

type Outside = Pick<Io, 'stdin' | 'cwd'>

/** The path with the fields behind what its query has already, percent-encoded. */
export async function withQueryFields(
  path: string,
  given: readonly GivenField[],
  outside: Outside,
): Promise<string> {
  const fields = await readFields(given, outside)
  const pairs = fields.map(({ key, text }) => `${encode(key)}=${encode(text)}`)
  const [address = '', ...fragment] = path.split('#')
  const joint = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&'
  return [address + joint + pairs.join('&'), ...fragment].join('#')
}

/** The fields as the text of a JSON object: `a[b]=1` is nested, `a[]=1` a list. */
export async function jsonOfFields(
  given: readonly GivenField[],
  outside: Outside,
): Promise<string> {
  const body: Members = Object.create(null)
  for (const field of await readFields(given, outside)) place(body, field)
  return JSON.stringify(body)
}

async function readFields(given: readonly GivenField[], outside: Outside): Promise<Field[]> {
  const [first, second] = given
    .filter(({ text, isTyped }) => isTyped && /^[^=]+=@-$/.test(text))
    .map(({ text }) => text.slice(0, -'=@-'.length))
  if (second !== undefined) {
    throw argumentsInvalid(
      `The standard input is named twice, by --field ${first} and --field ${second}, and can be read once.`,
      'field',
    )
  }
  const fields: Field[] = []
  for (const field of given) fields.push(await readField(field, outside))
  return fields
}

async function readField({ text, isTyped }: GivenField, outside: Outside): Promise<Field> {
  const option = isTyped ? 'field' : 'raw-field'
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined) {
    throw argumentsInvalid(`--${option} must be of the form key=value.`, option)
  }
  if (!isTyped) return { key, value, text: value }
  if (value.startsWith('@')) {
    const content = await contentOf(key, value.slice(1), outside)
    return { key, value: content, text: content }
  }
  return { key, value: typed(key, value), text: value }
}

const LITERALS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** `true`, `false`, `null` and numbers as JSON writes them; anything else is text. */
function typed(key: string, text: string): unknown {
  if (LITERALS.has(text)) return LITERALS.get(text)
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text)) return text
  const number = Number(text)
  const isExact = Number.isFinite(number) && (/[.e]/i.test(text) || Number.isSafeInteger(number))
  if (isExact) return number
  throw argumentsInvalid(
    `--field ${key} has a number that JavaScript would round. Send it as text by -f, or write the body by --data.`,
    'field',
  )
}

async function contentOf(key: string, file: string, { stdin, cwd }: Outside): Promise<string> {
  const bytes = file === '-' ? await allOf(stdin) : await bytesOf(key, resolve(cwd, file))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw argumentsInvalid(`--field ${key} names a file that is no UTF-8 text.`, 'field')
  }
}

async function bytesOf(key: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    const what = `Cannot read the file that --field ${key} names behind its @`
    const { message, code } = fileError('CLI_FILE_UNREADABLE', what, error)
    const told = `${message} Text that begins with @ is given by -f.`
    throw new CliError(told, { code, option: 'field' })
  }
}

/** Without a prototype: `__proto__` is a name like any other. */
type Members = Record<string, unknown>

function place(body: Members, { key, value }: Field): void {
  const [, first = '', rest = ''] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(key) ?? []
  if (first === '') {
    throw argumentsInvalid(
      `The field ${key} must be of the form key, key[name] or key[], with further brackets behind it.`,
      'field',
    )
  }
  const names = [...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, name = '']) => name)
  body[first] = joined({ before: body[first], names, value, key })
}

interface Joining {
  /** What earlier fields put there. */
  readonly before: unknown
  /** The names in brackets that are still to be followed. */
  readonly names: readonly string[]
  readonly value: unknown
  readonly key: string
}

function joined({ before, names, value, key }: Joining): unknown {
  const [name, ...rest] = names
  if (name === undefined) {
    if (before === undefined) return value
    throw argumentsInvalid(`The field ${key} is given twice. For a list write ${key}[].`, 'field')
  }
  if (name === '') {
    const list = before === undefined ? [] : before
    if (!Array.isArray(list)) throw mixed(key)
    return withItem(list, { names: rest, value, key })
  }
  const object = before === undefined ? (Object.create(null) as Members) : before
  if (!isMembers(object)) throw mixed(key)
  object[name] = joined({ before: object[name], names: rest, value, key })
  return object
}

/** `a[][b]=1` and `a[][c]=2` are one item; a name that the last one has already begins the next. */
function withItem(list: unknown[], { names, value, key }: Omit<Joining, 'before'>): unknown[] {
  const last = list.at(-1)
  const [name] = names
  const belongs =
    name !== undefined &&
    name !== '' &&
    isMembers(last) &&
    (last[name] === undefined || names.length > 1)
  if (!belongs) list.push(joined({ before: undefined, names, value, key }))
  else joined({ before: last, names, value, key })
  return list
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mixed(key: string): CliError {
  return argumentsInvalid(
    `The field ${key} does not fit the ones before it: a key is a value, a list (key[]) or an object (key[name]).`,
    'field',
  )
}

/** Percent-encoded by RFC 3986, which is what a signature covers. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
