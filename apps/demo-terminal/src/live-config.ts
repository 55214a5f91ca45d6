/** The configuration file of a live run: the JSON that the sandbox writes, or the same with PEM files. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { IbkrOAuth1Options } from '@isoauth/ibkr-oauth1'
import { DemoError } from './errors.ts'

type Fields = Readonly<Record<string, unknown>>
type Reader = (name: string) => Promise<string | undefined>

const DEFAULT_BASE_URL = 'https://api.ibkr.com/v1/api'

/** Fields that may stand in a file of their own, named by `<field>File`. */
const FILE_FIELDS: readonly string[] = ['signatureKey', 'encryptionKey', 'dhParameters']

/**
 * Reads the file and the PEM files that it names.
 *
 * @returns options of `createIbkrOAuth1`, not yet judged by it; `baseUrl` is always set
 * @throws {@link DemoError} `DEMO_CONFIG_INVALID`, naming every field that is missing
 */
export async function readLiveConfig(
  file: string,
): Promise<IbkrOAuth1Options & { readonly baseUrl: string }> {
  const ibkr = object(parse(await readText(file, file), file)['ibkr'])
  const oauth1 = object(ibkr?.['oauth1'])
  if (oauth1 === undefined) throw invalid(`${file} has no object ibkr.oauth1.`)
  const missing: string[] = []
  const text = fieldReader(oauth1, file)
  const required = async (name: string): Promise<string> => {
    const value = await text(name)
    if (value === undefined) missing.push(name)
    return value ?? ''
  }
  const realm = await text('realm')
  const options = {
    // The origin alone must not fall back to the broker: the file names another service then.
    baseUrl: (await text('baseUrl')) ?? belowOrigin(ibkr?.['baseUrl'], file),
    ...(realm !== undefined && { realm }),
    consumerKey: await required('consumerKey'),
    accessToken: await required('accessToken'),
    accessTokenSecret: await required('accessTokenSecret'),
    signatureKey: await required('signatureKey'),
    encryptionKey: await required('encryptionKey'),
    dhParameters: await required('dhParameters'),
  }
  if (missing.length === 0) return options
  const names = missing.map((name) =>
    FILE_FIELDS.includes(name) ? `${name} (or ${name}File)` : name,
  )
  throw invalid(`${file} lacks in ibkr.oauth1: ${names.join(', ')}.`)
}

function fieldReader(fields: Fields, configFile: string): Reader {
  return async (name) => {
    const value = plainText(fields, name, configFile)
    if (!FILE_FIELDS.includes(name)) return value
    const pemFile = plainText(fields, `${name}File`, configFile)
    if (pemFile === undefined) return value
    if (value !== undefined) {
      throw invalid(`${configFile}: give ibkr.oauth1.${name} or ${name}File, not both.`)
    }
    return readText(resolve(dirname(configFile), pemFile), `the file that ${name}File names`)
  }
}

function plainText(fields: Fields, name: string, file: string): string | undefined {
  const value = fields[name]
  if (value === undefined) return undefined
  if (typeof value === 'string' && value.trim() !== '') return value
  throw invalid(`${file}: ibkr.oauth1.${name} must be a string that is not empty.`)
}

function belowOrigin(origin: unknown, file: string): string {
  if (origin === undefined) return DEFAULT_BASE_URL
  if (typeof origin !== 'string' || origin.trim() === '') {
    throw invalid(`${file}: ibkr.baseUrl must be a string that is not empty.`)
  }
  return `${origin.replace(/\/+$/, '')}/v1/api`
}

async function readText(file: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code = 'failed' } = error as NodeJS.ErrnoException
    throw invalid(`Cannot read ${name}: ${REASONS[code] ?? code}.`)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
}

function parse(text: string, file: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's message quotes the file, which holds keys.
    throw invalid(`${file} is not valid JSON.`)
  }
  const fields = object(value)
  if (fields === undefined) throw invalid(`${file} must hold a JSON object.`)
  return fields
}

function object(value: unknown): Fields | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Fields) : undefined
}

function invalid(message: string): DemoError {
  return new DemoError(message, { code: 'DEMO_CONFIG_INVALID' })
}
