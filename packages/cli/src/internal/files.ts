/** Files with secrets: read with plain words about what failed, written for their owner only. */
import {
  chmod,
  lstat,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { platform } from 'node:process'
import { bytesToBase64 } from '@isoauth/core-crypto'
import { CliError, type CliErrorCode } from './errors.ts'

const OWNER_ONLY = 0o600

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is no folder',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a link that leads back to itself',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
}

/** Reads a text file; `name` is what messages call it. */
export async function readText(file: string, name: string): Promise<string> {
  return Buffer.from(await readBytes(file, name)).toString()
}

/**
 * Reads a file that holds one setting, as text: in UTF-8 or UTF-16, without the byte order mark that editors and shells of
 * Windows write. What is no text, such as a key in DER, is given in base64, which every reader of keys takes in its place.
 */
export async function readSettingFile(file: string, name: string): Promise<string> {
  const bytes = await readBytes(file, name)
  try {
    return decodeText(bytes, { fatal: true })
  } catch {
    return bytesToBase64(bytes)
  }
}

/** Reads a file; `name` is what messages call it. */
export async function readBytes(file: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    throw fileError('CLI_FILE_UNREADABLE', `Cannot read ${name}`, error)
  }
}

/**
 * Decodes UTF-8, or the UTF-16 that a byte order mark tells, or a first byte of zero beside one that is none; the mark is
 * left out.
 *
 * @param options.fatal - throws where it is no such text
 */
export function decodeText(bytes: Uint8Array, options: { readonly fatal?: boolean } = {}): string {
  return new TextDecoder(encodingOf(bytes), options).decode(bytes)
}

function encodingOf([first = 1, second = 1]: Uint8Array): string {
  if ((first === 0xff && second === 0xfe) || (first > 0 && second === 0)) return 'utf-16le'
  const isBigEndian = (first === 0xfe && second === 0xff) || (first === 0 && second > 0)
  return isBigEndian ? 'utf-16be' : 'utf-8'
}

/** A path below the working folder relative to it, another one as it is. */
export function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, file)
  return path === '' || path.startsWith('..') ? file : path
}

/** True where there is something of that name, also a link that leads nowhere: no file can be made in its place. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch {
    return false
  }
}

/** True where others than the owner may read the file; never on Windows, which has no such bits. */
export async function isOpenToOthers(file: string): Promise<boolean> {
  if (platform === 'win32') return false
  try {
    const found = await stat(file)
    // A device has its mode for every user, and no secret of this one.
    return !found.isCharacterDevice() && (found.mode & 0o077) !== 0
  } catch {
    return false
  }
}

/** Makes a folder that only its owner may enter; one that exists is left as it is, and false told. */
export async function makePrivateFolder(folder: string): Promise<boolean> {
  try {
    return await makeFolders(folder)
  } catch (error) {
    throw unwritable(`Cannot make the folder ${folder}`, error)
  }
}

/**
 * Makes a folder and those above it that are missing, one by one: the platform's `recursive` never ends where a file
 * system refuses every name, as `/proc` does. False where the folder exists.
 */
export async function makeFolders(folder: string): Promise<boolean> {
  const make = async () => {
    try {
      await mkdir(folder, { mode: 0o700 })
      return true
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // Also where another process made it in this moment.
      if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return false
      throw error
    }
  }
  try {
    return await make()
  } catch (error) {
    const above = dirname(folder)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error
    await makeFolders(above)
    return await make()
  }
}

/** Takes a folder away if nothing is in it. */
export async function removeEmptyFolder(folder: string): Promise<void> {
  try {
    await rmdir(folder)
  } catch {
    // Something is in it, and then it stays.
  }
}

/**
 * Writes a file that only its owner may read: whole or not at all.
 *
 * @param options.replace - without it, a file that exists is refused
 */
export async function writePrivateFile(
  file: string,
  text: string,
  options: { readonly replace: boolean },
): Promise<void> {
  const partial = partialOf(file)
  let isClaimed = false
  try {
    if (!options.replace) {
      // Claims the name, so that of two writers one is refused.
      await (await open(file, 'wx', OWNER_ONLY)).close()
      isClaimed = true
    }
    await writePartial(partial, text)
    await rename(partial, file)
  } catch (error) {
    await discard(partial)
    if (isClaimed) await discard(file)
    else if (!options.replace && (error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw fileExists(file)
    }
    throw unwritable(`Cannot write ${file}`, error)
  }
}

/**
 * Writes files that only their owner may read in the place of what is there. They belong together: where the text of one
 * cannot be written, as on a disk that is full, none is replaced.
 */
export async function replacePrivateFiles(
  texts: ReadonlyArray<readonly [file: string, text: string]>,
): Promise<void> {
  let current = ''
  try {
    for (const [file, text] of texts) {
      current = file
      await writePartial(partialOf(file), text)
    }
    for (const [file] of texts) {
      current = file
      await rename(partialOf(file), file)
    }
  } catch (error) {
    for (const [file] of texts) await discard(partialOf(file))
    throw unwritable(`Cannot write ${current}`, error)
  }
}

/** Where ids of processes come again, as in containers, one that was killed may have left it: it is taken away first. */
function partialOf(file: string): string {
  return `${file}.${process.pid}.partial`
}

async function writePartial(partial: string, text: string): Promise<void> {
  await discard(partial)
  await writeFile(partial, text, { mode: OWNER_ONLY, flag: 'wx' })
  // The umask can only take rights away, so this mends nothing but an odd one.
  await chmod(partial, OWNER_ONLY)
}

/** Writes a file that holds no secret, in the place of what is there: whole or not at all. */
export async function writeOwnFile(file: string, text: string): Promise<void> {
  const partial = partialOf(file)
  try {
    await discard(partial)
    await writeFile(partial, text, { flag: 'wx' })
    await rename(partial, file)
  } catch (error) {
    await discard(partial)
    throw unwritable(`Cannot write ${file}`, error)
  }
}

/** Takes a file away that is of no use; that it cannot be is no news beside why it is. */
async function discard(file: string): Promise<void> {
  try {
    await rm(file)
  } catch {
    // It was not made, or stays.
  }
}

/** The refusal to replace a file. */
export function fileExists(file: string): CliError {
  return new CliError(
    `${file} exists and is kept. Name another place, or add --force to replace it for good.`,
    { code: 'CLI_FILE_EXISTS' },
  )
}

/** Of what is to be made, whose folder has to be there. */
const REASONS_TO_WRITE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  EEXIST: 'there is a file of that name',
}

function unwritable(what: string, error: unknown): CliError {
  const words = REASONS_TO_WRITE[String((error as NodeJS.ErrnoException).code)]
  const code = 'CLI_FILE_UNWRITABLE'
  return words === undefined
    ? fileError(code, what, error)
    : new CliError(`${what}: ${words}.`, { code })
}

/** What the file system refused, in plain words. */
export function fileError(code: CliErrorCode, what: string, error: unknown): CliError {
  const { code: reason = 'failed' } = error as NodeJS.ErrnoException
  return new CliError(`${what}: ${REASONS[reason] ?? reason}.`, { code })
}
