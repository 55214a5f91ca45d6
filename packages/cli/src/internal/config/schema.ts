/** The JSON schema of the configuration file, made of the table that the file is checked by. */
import { SECTION_NAMES, type SectionName, settingsOf } from './settings.ts'

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
  for (const { name, about, mayBeFile, values } of settingsOf(section)) {
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
