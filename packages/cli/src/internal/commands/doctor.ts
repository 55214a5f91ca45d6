/** `isoauth doctor`: why a sign-in fails, or that it does not. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { DoctorOptions } from './doctor-options.ts'
import { configOption, profileOption, withJson } from './options.ts'

const AFTER = `
Looks at every service that the configuration has credentials for: each is
parsed, keys are told apart, the secret is decrypted, the clock compared, a
handshake tried, the session's status read. It places no orders and changes no
settings. A handshake makes a new live session token, which may end one that
another program holds; --brokerage opens a brokerage session.

Exit status: 0 healthy (notes and warnings apart), 1 a problem was found.
`

export function addDoctor(program: Command, context: Context): void {
  const command = program
    .command('doctor')
    .description('find out why a sign-in fails, and how to mend it')
    .addOption(configOption())
    .addOption(profileOption())
    .option('--brokerage', 'open a brokerage session where none is, without competing')
  withJson(command, AFTER).action(async (options: DoctorOptions) => {
    const { examine } = await import('../doctor/examine.ts')
    await examine(context, options)
  })
}
