/** The configuration that `keygen` writes to be filled in, and which of its placeholders were not. */
import { type LoadedConfig, replacedSettings } from './load.ts'
import { SCHEMA_ADDRESS } from './schema.ts'
import type { SectionName } from './settings.ts'

const OPEN = '...'
const CONSUMER_KEY = 'ABCDEFGHI'

/** JSON; its names of files are those that `keygen` writes beside it. */
export const CONFIG_TEMPLATE: string = `{
  "$schema": "${SCHEMA_ADDRESS}",
  "ibkr": {
    "oauth1": {
      "consumerKey": "${CONSUMER_KEY}",
      "accessToken": "${OPEN}",
      "accessTokenSecret": "${OPEN}",
      "signatureKeyFile": "private_signature.pem",
      "encryptionKeyFile": "private_encryption.pem",
      "dhParametersFile": "dhparam.pem"
    }
  }
}`

/** The settings that still hold a placeholder in the place of a value of the portal; names of files are no placeholders. */
export function placeholdersOf(
  config: Pick<LoadedConfig, 'problems' | 'sections'>,
  section: SectionName,
): string[] {
  const replaced = replacedSettings(config)
  return Object.entries(config.sections[section] ?? {})
    .filter(([name, value]) => {
      const text = String(value).trim()
      const isOpen = text === OPEN || text === '…'
      return (
        (isOpen && !replaced.includes(name)) || (name === 'consumerKey' && text === CONSUMER_KEY)
      )
    })
    .map(([name]) => name)
}
