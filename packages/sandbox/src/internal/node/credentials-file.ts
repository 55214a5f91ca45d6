/**
 * Writes the credentials file: whole or not at all, readable by its owner only, and never over
 * anything but an earlier sandbox's file.
 */
import type { SandboxCredentials } from '../credentials.ts'
import { checkNames, isObject, optionError, SandboxError } from '../errors.ts'
import { isLoopback } from '../loopback.ts'
import { readIfThere, writePrivate } from './private-file.ts'

export interface CredentialsFileOptions {
  /** Replace whatever stands in the file; `false` by default. */
  readonly force?: boolean | undefined
}

/** No credentials file of a sandbox is near this, in bytes. */
const SIZE_LIMIT = 65_536

/**
 * Refuses a file that {@link writeCredentialsFile} would not replace.
 *
 * A file may be replaced when it is not there, is empty, or holds nothing but credentials of a
 * sandbox: every part in it has its address on loopback and a name that begins with `SANDBOX`.
 *
 * @param file path of the file, resolved by Node against the working directory.
 * @param options see {@link CredentialsFileOptions}.
 * @throws SandboxError `SANDBOX_FILE_NOT_OWN` when the file holds anything else; Node's own error
 *   with its `code` (`EACCES`, `EISDIR`) when it cannot be read.
 *
 * *Source*: this package's README, "Options".
 */
export async function checkCredentialsFile(
  file: string,
  options: CredentialsFileOptions = {},
): Promise<void> {
  requireFile(file, options)
  if (options.force) return
  const content = await readIfThere(file)
  if (content === undefined || isWrittenBySandbox(content)) return
  throw new SandboxError(
    `credentials file: ${file} holds something that no sandbox wrote, perhaps a real ` +
      'configuration, and was left as it is. Name another file, or use --force to replace it.',
    { code: 'SANDBOX_FILE_NOT_OWN', option: 'credentials-file' },
  )
}

/**
 * Writes credentials as JSON with mode 0600, by way of a file beside it that is renamed.
 *
 * @param file path of the file, resolved by Node against the working directory.
 * @param credentials what to write: `sandbox.credentials`.
 * @param options see {@link CredentialsFileOptions}.
 * @throws SandboxError `SANDBOX_FILE_NOT_OWN` as {@link checkCredentialsFile} does; Node's own error
 *   with its `code` when it cannot be written.
 *
 * *Source*: this package's README, "Options".
 */
export async function writeCredentialsFile(
  file: string,
  credentials: SandboxCredentials,
  options: CredentialsFileOptions = {},
): Promise<void> {
  await checkCredentialsFile(file, options)
  await writePrivate(file, `${JSON.stringify(credentials, null, 2)}\n`)
}

function requireFile(file: unknown, options: CredentialsFileOptions): void {
  if (typeof file !== 'string' || file === '') throw optionError('file', 'a file name is required')
  if (!isObject(options)) throw optionError('options', 'an object is required')
  checkNames(options, ['force'])
  const { force = false } = options
  // A text such as "no" would replace what is of more worth.
  if (typeof force !== 'boolean') throw optionError('force', 'true or false')
}

function isWrittenBySandbox(content: string): boolean {
  if (content === '') return true
  if (content.length > SIZE_LIMIT) return false
  const root = parse(content)
  const ibkr = member(root, 'ibkr')
  if (!onlyMembers(root, ['ibkr', 'ultracart'])) return false
  if (!onlyMembers(ibkr, ['baseUrl', 'oauth1', 'oauth2'])) return false
  const parts: readonly (readonly [part: unknown, name: string])[] = [
    [member(ibkr, 'oauth1'), 'consumerKey'],
    [member(ibkr, 'oauth2'), 'clientId'],
    [member(root, 'ultracart'), 'simpleKey'],
  ]
  const present = parts.filter(([part]) => part !== undefined)
  return (
    isLoopbackUrl(member(ibkr, 'baseUrl')) &&
    present.length > 0 &&
    present.every(([part, name]) => isSandboxPart(part, name))
  )
}

function isSandboxPart(part: unknown, name: string): boolean {
  const text = member(part, name)
  return (
    typeof text === 'string' && text.startsWith('SANDBOX') && isLoopbackUrl(member(part, 'baseUrl'))
  )
}

function isLoopbackUrl(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && isLoopback(new URL(value).hostname)
}

function onlyMembers(value: unknown, names: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).every((name) => names.includes(name))
  )
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}
