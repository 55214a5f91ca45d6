/** The JSON schema of the configuration file, made of the table that the file is checked by. */
import { SECTION_NAMES, type SectionName, type SectionSettings, settingsOf } from './settings.ts'

/** Where editors find the schema of the published package; `$schema` of a file says it. */
export const SCHEMA_ADDRESS = 'https://unpkg.com/@isoauth/cli/isoauth.schema.json'

interface ObjectSchema {
  readonly type: 'object'
  readonly description?: string
  readonly additionalProperties: false
  readonly properties: Record<string, object>
  allOf?: object[]
}

const TITLES: Readonly<Record<SectionName, string>> = {
  ibkr: 'Interactive Brokers.',
  'ibkr.oauth1': 'Interactive Brokers, OAuth 1.0a.',
  'ibkr.oauth2': 'Interactive Brokers, OAuth 2.0 and SSO.',
  ultracart: 'UltraCart, single sign-on.',
}

/** A sentence about each setting, for whoever writes the file. */
const ABOUT: {
  readonly [Name in SectionName]: Readonly<Record<SectionSettings[Name], string>>
} = {
  ibkr: {
    baseUrl: 'The origin of both ways in, such as https://api.ibkr.com (the default).',
  },
  'ibkr.oauth1': {
    baseUrl: 'Where requests go, with the path: https://api.ibkr.com/v1/api (default).',
    signingBaseUrl: 'The base that the broker sees, where a proxy stands at baseUrl.',
    realm: 'limited_poa (default), or test_realm for the consumer TESTCONS.',
    querySigning: 'Whether the query is a part of what is signed, and in which form.',
    consumerKey: 'The consumer key as the portal shows it: usually nine letters, A to Z.',
    accessToken: 'The access token as the portal shows it.',
    accessTokenSecret: 'The encrypted access token secret as the portal shows it: base64.',
    decryptedAccessTokenSecret:
      'What isoauth decrypt-secret gives: hex. Then encryptionKey is not needed.',
    signatureKey:
      'The RSA private key whose public half is the public signing key in the portal: PEM.',
    encryptionKey: 'The RSA private key whose public half is the public encryption key: PEM.',
    dhParameters: 'The Diffie-Hellman parameters that were uploaded to the portal: PEM.',
    dhPrime:
      'The prime of dhParameters in hex: in their place, or beside them for doctor to compare.',
  },
  'ibkr.oauth2': {
    baseUrl: 'The origin of token, gateway and SSO calls: https://api.ibkr.com (default).',
    tokenPath: 'The path of the token endpoint below baseUrl.',
    audience: 'The audience of the client assertion.',
    clientId: 'The client that was registered with the broker.',
    keyId: 'The name (kid) that the registered public key has with the broker.',
    privateKey: 'The RSA private key whose public half is registered: PEM, 3072 bits and more.',
    scope: 'The scopes that are asked for, separated by blanks.',
    credential: 'The user name to open sessions for (SSO).',
    ip: 'The public address by which this machine goes out, where sessions are used (SSO).',
  },
  ultracart: {
    baseUrl: 'Where requests go, with the path: https://secure.ultracart.com/rest/v2 (default).',
    simpleKey: 'The simple key of the application: a secret.',
    redirectUri: 'The address that UltraCart sends browsers back to, as registered.',
  },
}

/** Draft 7, which every editor reads. */
export function configSchema(): object {
  const properties: Record<string, object> = {
    $schema: { type: 'string', description: 'The address of this schema, for editors.' },
  }
  for (const section of SECTION_NAMES) {
    const path = section.split('.')
    const [last = ''] = path.slice(-1)
    const above = path.slice(0, -1).reduce((place, name) => {
      return (place[name] as ObjectSchema).properties
    }, properties)
    above[last] = sectionSchema(section)
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: SCHEMA_ADDRESS,
    title: 'Configuration of the isoauth command',
    type: 'object',
    additionalProperties: false,
    properties,
  }
}

function sectionSchema(section: SectionName): ObjectSchema {
  const schema: ObjectSchema = {
    type: 'object',
    description: TITLES[section],
    additionalProperties: false,
    properties: {},
  }
  const texts: Readonly<Record<string, string>> = ABOUT[section]
  for (const { name, mayBeFile, values } of settingsOf(section)) {
    const about = texts[name] ?? ''
    schema.properties[name] = {
      type: 'string',
      minLength: 1,
      description: about,
      ...(values !== undefined && { enum: values }),
    }
    if (!mayBeFile) continue
    schema.properties[`${name}File`] = {
      type: 'string',
      minLength: 1,
      description: `The file with ${name}, relative to this one. ${about}`,
    }
    schema.allOf ??= []
    schema.allOf.push({ not: { required: [name, `${name}File`] } })
  }
  return schema
}
