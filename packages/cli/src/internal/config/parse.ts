/** JSON of the configuration file, comments allowed, without quoting any of it: it holds keys. */
import { type JSONVisitor, parse, visit } from 'jsonc-parser'
import { CliError, configInvalid } from '../errors.ts'
import { type Fields, object } from './fields.ts'

/** Keys and certificates of a dozen services are less, in characters. */
const LARGEST = 1_048_576

export function parseObject(text: string, name: string): Fields {
  // Editors on Windows begin files with a byte order mark.
  const json = text.replace(/^\uFEFF/, '')
  if (json.length > LARGEST) {
    throw configInvalid(`${name} is no configuration: it is larger than 1 MiB.`)
  }
  let value: unknown
  try {
    visit(json, faults(text, name))
    value = parse(json)
  } catch (error) {
    if (error instanceof CliError) throw error
    // The parser calls itself for each level.
    throw configInvalid(`${name} is not valid JSON: it is nested too deeply.`)
  }
  const fields = object(value)
  if (fields === undefined) throw configInvalid(`${name} must hold a JSON object.`)
  return fields
}

/** Throws at the first fault; of two members of one name the parser would take the last, unsaid. */
function faults(text: string, name: string): JSONVisitor {
  const refuse = (what: string, line: number, column: number, then: string) => {
    throw configInvalid(`${name} ${what} at line ${line + 1}, column ${column + 1}${then}`)
  }
  const open: Set<string>[] = []
  return {
    onError: (_code, _offset, _length, line, column) =>
      refuse('is not valid JSON', line, column, `.${hint(text)}`),
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty(member, _offset, _length, line, column) {
      const members = open.at(-1)
      if (members?.has(member)) refuse('has a member twice, again', line, column, ': leave one.')
      members?.add(member)
    },
  }
}

/** Files of another kind, and the mistake that keys in JSON invite. */
function hint(text: string): string {
  if (text.trim() === '') return ' It is empty.'
  if (text.includes('\0')) return ' It is UTF-16: save it as UTF-8.'
  if (/^\s*-----BEGIN/.test(text)) {
    return ' It is a PEM file: name it in a JSON file, as "signatureKeyFile" for instance.'
  }
  const hasBareBreaks = /"-----BEGIN [A-Z0-9 .]+-----\r?\n/.test(text)
  return hasBareBreaks ? ' A key in it has line breaks: write them as \\n, or name its file.' : ''
}
