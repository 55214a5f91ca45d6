/** `isoauth whoami`: which configuration is used, and what can be done with it. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { configOption, profileOption, withJson } from './options.ts'
import type { WhoamiOptions } from './whoami-options.ts'

const AFTER = `
Reads the configuration and the files that it names; nothing is sent, and no
secret is shown. Fingerprints are SHA-256 of the public halves, in DER:

  openssl pkey -pubin -in public_signature.pem -outform DER | openssl sha256

"isoauth doctor" tries whether the service takes it.

Exit status: 0 something can be signed in to, 1 nothing can.
`

export function addWhoami(program: Command, context: Context): void {
  const command = program
    .command('whoami')
    .description('tell which configuration is used, and what can be done with it')
    .addOption(configOption())
    .addOption(profileOption())
  withJson(command, AFTER).action(async (options: WhoamiOptions) => {
    const { tellWhoami } = await import('../whoami/tell-whoami.ts')
    await tellWhoami(context, options)
  })
}
