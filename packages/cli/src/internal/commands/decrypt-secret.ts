/** `isoauth decrypt-secret`: the access token secret, decrypted once, so that its key can stay away. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { DecryptOptions } from './decrypt-secret-options.ts'
import { configOption, profileOption, withJson } from './options.ts'

const AFTER = `
Prints it in hexadecimal, for decryptedAccessTokenSecret in the place of
accessTokenSecret and encryptionKey. Whoever has it and the signature key can
sign in: prefer --out FILE (mode 0600) to a terminal, which remembers.
`

export function addDecryptSecret(program: Command, context: Context): void {
  const command = program
    .command('decrypt-secret')
    .description('decrypt the access token secret of ibkr.oauth1 with the encryption key')
    .addOption(configOption())
    .addOption(profileOption())
    .option('-o, --out <file>', 'write it there (mode 0600) instead of printing it (-)')
    .option('--force', 'replace a file that exists')
  withJson(command, AFTER).action(async (options: DecryptOptions) => {
    const { decryptSecret } = await import('../decrypt-secret/decrypt-secret.ts')
    await decryptSecret(context, options)
  })
}
