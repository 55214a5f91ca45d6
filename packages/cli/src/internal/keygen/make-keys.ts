/** Keys, Diffie-Hellman parameters and a configuration to fill in, in a folder of their own. */
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DH_GROUPS, type DhParameters } from '@isoauth/core-crypto'
import type { GroupName, KeygenOptions } from '../commands/keygen-options.ts'
import { CONFIG_TEMPLATE } from '../config/template.ts'
import { type Context, writeJson } from '../context.ts'
import { argumentsInvalid, CliError } from '../errors.ts'
import {
  fileExists,
  isOpenToOthers,
  isThere,
  makePrivateFolder,
  removeEmptyFolder,
  replacePrivateFiles,
  writePrivateFile,
} from '../files.ts'
import { paragraph } from '../text.ts'
import { dhFile, KEY_FILES, type KeyFileName, makeRsaFiles } from './key-files.ts'
import { keygenSteps, PORTAL } from './portal-steps.ts'
import { searchProgress } from './progress.ts'
import { expectedTests, findSafePrime } from './safe-prime.ts'

const BITS = 2048
const CONFIG_FILE = 'isoauth.json'

/** Makes the files and tells what to do with them. */
export async function makeKeys(context: Context, options: KeygenOptions): Promise<void> {
  context.isJson = options.json === true
  const { out = '' } = options
  if (out === '') {
    throw argumentsInvalid('Name the folder for the keys: isoauth keygen --out keys.', 'out')
  }
  const folder = resolve(context.io.cwd, out)
  const { group, force = false } = options
  await writeKeys(context, { folder, group, force })
  const config = join(folder, CONFIG_FILE)
  const isConfigNew = await writeTemplate(config)
  const folderIsOpen = await isOpenToOthers(folder)
  const generated = { folder, group: options.group ?? 'generated', bits: BITS }
  if (context.isJson) {
    const files = Object.fromEntries(pathsIn(folder).map(([key, path]) => [key, path]))
    const about = { config, configWritten: isConfigNew, folderIsOpenToOthers: folderIsOpen }
    writeJson(context, { ...generated, files, ...about, portal: PORTAL })
    return
  }
  tell(context, { out, folderIsOpen, isConfigNew })
}

export interface KeyFolder {
  /** An absolute path; made where it is missing. */
  readonly folder: string
  /** A published group; without one a prime is searched. */
  readonly group: GroupName | undefined
  /** Replace what is there. */
  readonly force: boolean
}

/** Makes the two key pairs and the parameters and writes their files: all of them, or none. */
export async function writeKeys(
  context: Context,
  { folder, group, force }: KeyFolder,
): Promise<void> {
  const paths = pathsIn(folder)
  // Before the search: nobody waits a minute to be told.
  if (!force) for (const [, path] of paths) if (await isThere(path)) throw fileExists(path)
  const isNew = await makePrivateFolder(folder)
  const written: string[] = []
  try {
    const parameters = await dhParameters(context, group)
    const texts = { ...(await makeRsaFiles()), dhParameters: dhFile(parameters) }
    context.io.signal.throwIfAborted()
    if (force) await replacePrivateFiles(paths.map(([key, path]) => [path, texts[key]]))
    else {
      for (const [key, path] of paths) {
        await writePrivateFile(path, texts[key], { replace: false })
        written.push(path)
      }
    }
  } catch (error) {
    for (const path of written) await rm(path, { force: true })
    if (isNew) await removeEmptyFolder(folder)
    throw error
  }
}

/** Every file of the keys in a folder. */
export function pathsIn(folder: string): ReadonlyArray<readonly [KeyFileName, string]> {
  return Object.entries(KEY_FILES).map(
    ([key, { name }]) => [key as KeyFileName, join(folder, name)] as const,
  )
}

async function dhParameters(context: Context, group: GroupName | undefined): Promise<DhParameters> {
  if (group !== undefined) return DH_GROUPS[group]
  const progress = searchProgress(context, expectedTests(BITS))
  try {
    const { signal } = context.io
    return {
      prime: await findSafePrime({ bits: BITS, signal, onTested: progress.tested }),
      generator: 2n,
    }
  } finally {
    progress.done()
  }
}

interface Written {
  readonly out: string
  readonly folderIsOpen: boolean
  readonly isConfigNew: boolean
}

/** Writes the configuration to be filled in; one that exists stays, whatever --force says. */
async function writeTemplate(file: string): Promise<boolean> {
  try {
    await writePrivateFile(file, `${CONFIG_TEMPLATE}\n`, { replace: false })
    return true
  } catch (error) {
    if (error instanceof CliError && error.code === 'CLI_FILE_EXISTS') return false
    throw error
  }
}

function tell({ io, colors }: Context, { out, folderIsOpen, isConfigNew }: Written): void {
  const { stdout } = io
  const files = Object.values(KEY_FILES)
  const width = Math.max(...files.map(({ name }) => name.length))
  stdout.write(paragraph(`Written to ${out}, readable by you alone:`))
  for (const { name, use, isSecret } of files) {
    const padded = name.padEnd(width)
    stdout.write(`  ${isSecret ? colors.bold(padded) : padded}  ${use}\n`)
  }
  const about = isConfigNew ? 'fill in what the portal shows' : 'was there before, and is kept'
  stdout.write(`  ${colors.bold(CONFIG_FILE.padEnd(width))}  ${about}\n`)
  if (folderIsOpen) {
    const warning = `Others may list ${out}, which was there before: chmod 700 mends it.`
    stdout.write(paragraph(warning))
  }
  stdout.write(`\n${colors.bold('What to do now')}\n`)
  const config = join(out, CONFIG_FILE)
  keygenSteps(config).forEach((step, index) => {
    const [first = '', ...rest] = paragraph(step, 5).split(/(?<=\n)/)
    stdout.write(`  ${index + 1}.${first.slice(4)}${rest.join('')}`)
  })
}
