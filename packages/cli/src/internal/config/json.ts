/** JSON of the configuration file, without quoting any of it: it holds keys. */
import { configInvalid } from '../errors.ts'
import { faultOf } from './json-fault.ts'

export type Fields = Readonly<Record<string, unknown>>

export function parseObject(text: string, name: string): Fields {
  let value: unknown
  // Editors on Windows begin files with a byte order mark.
  const json = text.replace(/^\uFEFF/, '')
  try {
    value = JSON.parse(json)
  } catch {
    const { line, column } = faultOf(json)
    const where = `at line ${line}, column ${column}`
    throw configInvalid(`${name} is not valid JSON ${where}.${hint(text)}`)
  }
  const fields = object(value)
  if (fields === undefined) throw configInvalid(`${name} must hold a JSON object.`)
  return fields
}

export function object(value: unknown): Fields | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Fields) : undefined
}

/** The two mistakes that keys in JSON invite. */
function hint(text: string): string {
  if (/^\s*-----BEGIN/.test(text)) {
    return ' It is a PEM file: name it in a JSON file, as "signatureKeyFile" for instance.'
  }
  const hasBareBreaks = /"-----BEGIN [A-Z0-9 .]+-----\r?\n/.test(text)
  return hasBareBreaks ? ' A key in it has line breaks: write them as \\n, or name its file.' : ''
}
