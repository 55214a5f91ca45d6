/** One key for all machines that share a token store: 256 random bits for AES-GCM, in base64. */
import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import type { KeygenOptions } from '../commands/keygen-options.ts'
import { type Context, writeJson } from '../context.ts'
import { argumentsInvalid } from '../errors.ts'
import { makePrivateFolder, writePrivateFile } from '../files.ts'
import { paragraph } from '../text.ts'

const BYTES = 32
const FILE = 'store_key.txt'

/** Prints the key, or writes it where --out says. */
export async function makeStoreKey(context: Context, options: KeygenOptions): Promise<void> {
  context.isJson = options.json === true
  const { io } = context
  const storeKey = randomBytes(BYTES).toString('base64')
  if (options.out === '') {
    throw argumentsInvalid(
      '--out needs the name of a folder; without --out the key is printed.',
      'out',
    )
  }
  if (options.group !== undefined) {
    throw argumentsInvalid(
      '--group is for the keys of a portal: leave it out with --store-key.',
      'group',
    )
  }
  if (options.out !== undefined) {
    const folder = resolve(io.cwd, options.out)
    await makePrivateFolder(folder)
    const file = join(folder, FILE)
    await writePrivateFile(file, `${storeKey}\n`, { replace: options.force === true })
    if (context.isJson) writeJson(context, { file, bits: BYTES * 8 })
    else io.stdout.write(paragraph(`The store key is in ${join(options.out, FILE)} (mode 0600).`))
    return
  }
  if (io.stdout.isTerminal) {
    io.stderr.write(
      paragraph('This is a secret: keep it where the program finds its other secrets.'),
    )
  }
  if (context.isJson) writeJson(context, { storeKey, bits: BYTES * 8 })
  else io.stdout.write(`${storeKey}\n`)
}
