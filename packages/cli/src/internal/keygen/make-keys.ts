/** Keys, Diffie-Hellman parameters and a configuration to fill in, in a folder of their own. */
import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DH_GROUPS, type DhParameters } from '@isoauth/core-crypto'
import type { KeygenOptions } from '../commands/keygen-options.ts'
import { CONFIG_TEMPLATE } from '../config/template.ts'
import { type Context, writeJson } from '../context.ts'
import { argumentsInvalid, CliError } from '../errors.ts'
import {
  fileExists,
  isOpenToOthers,
  makePrivateFolder,
  removeEmptyFolder,
  writePrivateFile,
} from '../files.ts'
import { paragraph } from '../text.ts'
import { dhFile, KEY_FILES, type KeyFileName, makeRsaFiles } from './key-files.ts'
import { PORTAL, portalSteps } from './portal-steps.ts'
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
  const paths = Object.entries(KEY_FILES).map(
    ([key, file]) => [key as KeyFileName, file, join(folder, file.name)] as const,
  )
  // Before the search: nobody waits a minute to be told.
  if (options.force !== true) {
    for (const [, , path] of paths) if (await exists(path)) throw fileExists(path)
  }
  const isNew = await makePrivateFolder(folder)
  try {
    const texts = { ...(await makeRsaFiles()), dhParameters: dhFile(await group(context, options)) }
    context.io.signal.throwIfAborted()
    for (const [key, , path] of paths) {
      await writePrivateFile(path, texts[key], { replace: options.force === true })
    }
  } catch (error) {
    if (isNew) await removeEmptyFolder(folder)
    throw error
  }
  const config = join(folder, CONFIG_FILE)
  const isConfigNew = await writeTemplate(config)
  const folderIsOpen = await isOpenToOthers(folder)
  const generated = { folder, group: options.group ?? 'generated', bits: BITS }
  if (context.isJson) {
    const files = Object.fromEntries(paths.map(([key, , path]) => [key, path]))
    const about = { config, configWritten: isConfigNew, folderIsOpenToOthers: folderIsOpen }
    writeJson(context, { ...generated, files, ...about, portal: PORTAL })
    return
  }
  tell(context, { out, folderIsOpen, isConfigNew })
}

async function group(context: Context, options: KeygenOptions): Promise<DhParameters> {
  if (options.group !== undefined) return DH_GROUPS[options.group]
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
  portalSteps(config).forEach((step, index) => {
    const [first = '', ...rest] = paragraph(step, 5).split(/(?<=\n)/)
    stdout.write(`  ${index + 1}.${first.slice(4)}${rest.join('')}`)
  })
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
