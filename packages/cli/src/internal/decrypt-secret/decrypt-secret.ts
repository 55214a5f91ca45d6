/** The access token secret of the configuration, decrypted. */
import { resolve } from 'node:path'
import { bytesToHex } from '@isoauth/core-crypto'
import { decryptAccessTokenSecret } from '@isoauth/ibkr-oauth1'
import type { DecryptOptions } from '../commands/decrypt-secret-options.ts'
import { configOf } from '../config/choose-config.ts'
import type { LoadedConfig } from '../config/load.ts'
import { variableName } from '../config/settings.ts'
import { type Context, writeJson } from '../context.ts'
import { argumentsInvalid, configInvalid } from '../errors.ts'
import { writePrivateFile } from '../files.ts'
import { count, paragraph } from '../text.ts'

/** Decrypts the secret of the configuration, and prints or writes it. */
export async function decryptSecret(context: Context, options: DecryptOptions): Promise<void> {
  context.isJson = options.json === true
  const { io } = context
  if (options.out === '') throw argumentsInvalid('--out needs the name of a file.', 'out')
  const config = await configOf(context, options)
  const bytes = await decryptAccessTokenSecret({
    accessTokenSecret: required(config, 'accessTokenSecret'),
    encryptionKey: required(config, 'encryptionKey'),
  })
  const hex = bytesToHex(bytes)
  // As everywhere, - is the standard output.
  if (options.out !== undefined && options.out !== '-') {
    const file = resolve(io.cwd, options.out)
    await writePrivateFile(file, `${hex}\n`, { replace: options.force === true })
    if (context.isJson) writeJson(context, { file, bytes: bytes.length })
    else {
      const next = `Name it in the configuration: "decryptedAccessTokenSecretFile", in the place of accessTokenSecret and encryptionKey; then the encryption key can stay away.`
      const length = count(bytes.length, 'byte')
      io.stdout.write(paragraph(`The secret of ${length} is in ${options.out}, in hex. ${next}`))
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
