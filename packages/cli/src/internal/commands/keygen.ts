/** `isoauth keygen`: everything that the broker's portal wants, and what is to be done with it. */
import { type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import { GROUPS, type KeygenOptions } from './keygen-options.ts'
import { withJson } from './options.ts'

const AFTER = `
Without --group a prime of your own is searched, as the broker's instructions
want: about 4,000 tests, seconds to a few minutes. Ctrl-C leaves nothing.
An isoauth.json to fill in is written beside the keys, never over another one.

--store-key prints one line for the storeKey option of the clients, the same
for every machine that shares the store; with --out it is store_key.txt there.
`

export function addKeygen(program: Command, context: Context): void {
  const command = program
    .command('keygen')
    .description('make RSA keys and Diffie-Hellman parameters, and print the steps of the portal')
    .option('-o, --out <dir>', 'folder to write to, made if missing (mode 0700)')
    .addOption(new Option('--group <name>', 'take a published group at once').choices(GROUPS))
    .option('--store-key', 'make the key of a token store instead: AES-256, in base64')
    .option('--force', 'replace keys that exist (never isoauth.json)')
  withJson(command, AFTER).action(async (options: KeygenOptions) => {
    if (options.storeKey === true) {
      const { makeStoreKey } = await import('../keygen/store-key.ts')
      await makeStoreKey(context, options)
      return
    }
    const { makeKeys } = await import('../keygen/make-keys.ts')
    await makeKeys(context, options)
  })
}
