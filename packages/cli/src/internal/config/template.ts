/** The configuration that `keygen` writes to be filled in, and what is left of it afterwards. */
import { SCHEMA_ADDRESS } from './schema.ts'
import type { Section, SectionName } from './settings.ts'

const OPEN = '...'
const CONSUMER_KEY = 'ABCDEFGHI'

/** JSON, with names of files beside it. */
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

/** The settings that still say what the template says. */
export function placeholdersOf<Name extends SectionName>(
  section: Section<Name> | undefined,
): string[] {
  return Object.entries(section ?? {})
    .filter(([name, value]) => {
      const text = String(value).trim()
      return text === OPEN || text === '…' || (name === 'consumerKey' && text === CONSUMER_KEY)
    })
    .map(([name]) => name)
}
