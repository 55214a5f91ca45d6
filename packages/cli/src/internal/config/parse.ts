/** JSON of the configuration file, comments allowed, without quoting any of it: it holds keys. */
import { type ParseError, parse } from 'jsonc-parser'
import { configInvalid } from '../errors.ts'
import { type Fields, object } from './fields.ts'

/** Keys and certificates of a dozen services are less, in characters. */
const LARGEST = 1_048_576

export function parseObject(text: string, name: string): Fields {
  // Editors on Windows begin files with a byte order mark.
  const json = text.replace(/^\uFEFF/, '')
  if (json.length > LARGEST) {
    throw configInvalid(`${name} is no configuration: it is larger than 1 MiB.`)
  }
  const errors: ParseError[] = []
  let value: unknown
  try {
    value = parse(json, errors, { allowTrailingComma: false })
  } catch {
    // The parser calls itself for each level.
    throw configInvalid(`${name} is not valid JSON: it is nested too deeply.`)
  }
  const [first] = errors
  if (first !== undefined) {
    const { line, column } = placeOf(json, first.offset)
    throw configInvalid(`${name} is not valid JSON at line ${line}, column ${column}.${hint(text)}`)
  }
  const fields = object(value)
  if (fields === undefined) throw configInvalid(`${name} must hold a JSON object.`)
  return fields
}

function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split(/\r\n|[\n\r]/)
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** The two mistakes that keys in JSON invite. */
function hint(text: string): string {
  if (/^\s*-----BEGIN/.test(text)) {
    return ' It is a PEM file: name it in a JSON file, as "signatureKeyFile" for instance.'
  }
  const hasBareBreaks = /"-----BEGIN [A-Z0-9 .]+-----\r?\n/.test(text)
  return hasBareBreaks ? ' A key in it has line breaks: write them as \\n, or name its file.' : ''
}
