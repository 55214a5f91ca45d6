/** `isoauth decrypt-secret`: the access token secret, decrypted once, so that its key can stay away. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { LoadedConfig } from '../config/load.ts'
import { variableName } from '../config/settings.ts'
import { type Context, writeJson } from '../context.ts'
import { configInvalid } from '../errors.ts'
import { writePrivateFile } from '../files.ts'
import { paragraph } from '../text.ts'
import { type ConfigOption, configOf, configOption, jsonOption, profileOption } from './options.ts'

interface DecryptOptions extends ConfigOption {
  readonly out?: string
  readonly force?: boolean
  readonly json?: boolean
}

const AFTER = `
Prints it in hexadecimal, for decryptedAccessTokenSecret in the place of
accessTokenSecret and encryptionKey. Whoever has it and the signature key can
sign in: prefer --out FILE (mode 0600) to a terminal, which remembers.
`

export function addDecryptSecret(program: Command, context: Context): void {
  program
    .command('decrypt-secret')
    .description('decrypt the access token secret of ibkr.oauth1 with the encryption key')
    .addOption(configOption())
    .addOption(profileOption())
    .option('-o, --out <file>', 'write it there (mode 0600) instead of printing it')
    .option('--force', 'replace a file that exists')
    .addOption(jsonOption())
    .addHelpText('after', AFTER)
    .action((options: DecryptOptions) => decryptSecret(context, options))
}

async function decryptSecret(context: Context, options: DecryptOptions): Promise<void> {
  context.isJson = options.json === true
  const { io } = context
  const config = await configOf(context, options)
  const { bytesToHex } = await import('@isoauth/core-crypto')
  const { decryptAccessTokenSecret } = await import('@isoauth/ibkr-oauth1')
  const bytes = await decryptAccessTokenSecret({
    accessTokenSecret: required(config, 'accessTokenSecret'),
    encryptionKey: required(config, 'encryptionKey'),
  })
  const hex = bytesToHex(bytes)
  if (options.out !== undefined) {
    const file = resolve(io.cwd, options.out)
    await writePrivateFile(file, `${hex}\n`, { replace: options.force === true })
    if (context.isJson) writeJson(context, { file, bytes: bytes.length })
    else {
      const next = `Name it in the configuration: "decryptedAccessTokenSecretFile"; then the encryption key can stay away.`
      io.stdout.write(paragraph(`${bytes.length} bytes, in hex, are in ${options.out}. ${next}`))
    }
    return
  }
  if (io.stdout.isTerminal) {
    io.stderr.write(
      paragraph('This is a secret, and this terminal may keep it: clear it, or use --out FILE.'),
    )
  }
  if (context.isJson) writeJson(context, { decryptedAccessTokenSecret: hex })
  else io.stdout.write(`${hex}\n`)
}

function required(config: LoadedConfig, name: 'accessTokenSecret' | 'encryptionKey'): string {
  const section = 'ibkr.oauth1'
  const problem = config.problems.find((one) => one.section === section && one.setting === name)
  if (problem !== undefined) throw problem.error
  const value = config.sections[section]?.[name]
  if (value !== undefined) return value
  throw configInvalid(
    `${config.name} lacks ${section}.${name} (or ${name}File, or ${variableName(section, name)}).`,
    name,
  )
}
