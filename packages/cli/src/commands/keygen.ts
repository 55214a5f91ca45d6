/** `isoauth keygen`: everything that the broker's portal wants, and what is to be done with it. */
import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DH_GROUPS, type DhParameters } from '@isoauth/core-crypto'
import { type Command, Option } from 'commander'
import { type Context, writeJson } from '../context.ts'
import { argumentsInvalid } from '../errors.ts'
import {
  fileExists,
  isOpenToOthers,
  makePrivateFolder,
  removeEmptyFolder,
  writePrivateFile,
} from '../files.ts'
import { dhFile, KEY_FILES, type KeyFileName, makeRsaFiles } from '../keygen/key-files.ts'
import { CONFIG_TEMPLATE, PORTAL, PORTAL_STEPS } from '../keygen/portal-steps.ts'
import { searchProgress } from '../keygen/progress.ts'
import { expectedTests, findSafePrime } from '../keygen/safe-prime.ts'
import { paragraph } from '../text.ts'
import { jsonOption } from './options.ts'

interface KeygenOptions {
  readonly out: string
  readonly group?: keyof typeof DH_GROUPS
  readonly force?: boolean
  readonly json?: boolean
}

const BITS = 2048
const AFTER = `
Without --group a prime of your own is searched, as the broker's instructions
want: about 4,000 tests, some ten seconds to a minute. Ctrl-C leaves nothing.
`

export function addKeygen(program: Command, context: Context): void {
  program
    .command('keygen')
    .description('make RSA keys and Diffie-Hellman parameters, and print the steps of the portal')
    .requiredOption('-o, --out <dir>', 'folder to write to, made if missing (mode 0700)')
    .addOption(
      new Option('--group <name>', 'take a published group at once').choices(
        Object.keys(DH_GROUPS),
      ),
    )
    .option('--force', 'replace files that exist')
    .addOption(jsonOption())
    .addHelpText('after', AFTER)
    .action((options: KeygenOptions) => keygen(context, options))
}

async function keygen(context: Context, options: KeygenOptions): Promise<void> {
  context.isJson = options.json === true
  if (options.out === '') throw argumentsInvalid('--out needs the name of a folder.', 'out')
  const folder = resolve(context.io.cwd, options.out)
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
  const folderIsOpen = await isOpenToOthers(folder)
  const generated = { folder, group: options.group ?? 'generated', bits: BITS }
  if (context.isJson) {
    const files = Object.fromEntries(paths.map(([key, , path]) => [key, path]))
    writeJson(context, { ...generated, files, folderIsOpenToOthers: folderIsOpen, portal: PORTAL })
    return
  }
  tell(context, options, folderIsOpen)
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

function tell({ io, colors }: Context, options: KeygenOptions, folderIsOpen: boolean): void {
  const { stdout } = io
  const files = Object.values(KEY_FILES)
  const width = Math.max(...files.map(({ name }) => name.length))
  stdout.write(paragraph(`Written to ${options.out}, readable by you alone:`))
  for (const { name, use, isSecret } of files) {
    const padded = name.padEnd(width)
    stdout.write(`  ${isSecret ? colors.bold(padded) : padded}  ${use}\n`)
  }
  if (folderIsOpen) {
    const warning = `Others may list ${options.out}, which was there before: chmod 700 mends it.`
    stdout.write(paragraph(warning))
  }
  stdout.write(`\n${colors.bold('What to do now')}\n`)
  PORTAL_STEPS.forEach((step, index) => {
    const [first = '', ...rest] = paragraph(step, 5).split(/(?<=\n)/)
    stdout.write(`  ${index + 1}.${first.slice(4)}${rest.join('')}`)
  })
  stdout.write(`\n${CONFIG_TEMPLATE}\n`)
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
