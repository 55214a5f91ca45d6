/**
 * Every setting there is: its place in the JSON, what it means, and what may stand there. Names of variables, the check
 * of the file and its JSON schema all follow from it.
 */

/** The names of the settings of each section. */
export interface SectionSettings {
  readonly ibkr: 'baseUrl'
  readonly 'ibkr.oauth1':
    | 'baseUrl'
    | 'signingBaseUrl'
    | 'realm'
    | 'querySigning'
    | 'consumerKey'
    | 'accessToken'
    | 'accessTokenSecret'
    | 'decryptedAccessTokenSecret'
    | 'signatureKey'
    | 'encryptionKey'
    | 'dhParameters'
    | 'dhPrime'
  readonly 'ibkr.oauth2':
    | 'baseUrl'
    | 'tokenPath'
    | 'audience'
    | 'clientId'
    | 'keyId'
    | 'privateKey'
    | 'scope'
    | 'credential'
    | 'ip'
  readonly ultracart: 'baseUrl' | 'simpleKey' | 'redirectUri'
}

/** A section's path in the JSON. */
export type SectionName = keyof SectionSettings

/** What is set of a section. */
export type Section<Name extends SectionName> = {
  readonly [Setting in SectionSettings[Name]]?: string
}

/** What is known of a setting; every one is a text that is not empty. */
export interface Setting {
  /** Whether `<name>File` may name a file that holds it. */
  readonly mayBeFile?: boolean
  /** That file holds no secret: others may read it. */
  readonly isPublic?: boolean
  /** The only texts that it takes. */
  readonly values?: readonly string[]
}

/** The settings, in the order in which they are read. */
const SECTIONS: {
  readonly [Name in SectionName]: Readonly<Record<SectionSettings[Name], Setting>>
} = {
  ibkr: {
    baseUrl: {},
  },
  'ibkr.oauth1': {
    baseUrl: {},
    signingBaseUrl: {},
    realm: {},
    querySigning: {
      values: ['omit', 'wire'],
    },
    consumerKey: {},
    accessToken: {},
    accessTokenSecret: {
      mayBeFile: true,
    },
    decryptedAccessTokenSecret: {
      mayBeFile: true,
    },
    signatureKey: {
      mayBeFile: true,
    },
    encryptionKey: {
      mayBeFile: true,
    },
    dhParameters: {
      mayBeFile: true,
      isPublic: true,
    },
    dhPrime: {},
  },
  'ibkr.oauth2': {
    baseUrl: {},
    tokenPath: {},
    audience: {},
    clientId: {},
    keyId: {},
    privateKey: {
      mayBeFile: true,
    },
    scope: {},
    credential: {},
    ip: {},
  },
  ultracart: {
    baseUrl: {},
    simpleKey: { mayBeFile: true },
    redirectUri: {},
  },
}

export const SECTION_NAMES: readonly SectionName[] = /* @__PURE__ */ Object.keys(
  SECTIONS,
) as SectionName[]

/** `ibkr.oauth1`, `consumerKey` → `ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY`. */
export function variableName(section: SectionName, setting: string): string {
  const words = `${section}.${setting}`.replace(/[A-Z]/g, (letter) => `_${letter}`)
  return `ISOAUTH_${words.replaceAll('.', '_').toUpperCase()}`
}

/** The settings of a section, in their order. */
export function settingsOf(
  section: SectionName,
): ReadonlyArray<Required<Pick<Setting, 'mayBeFile'>> & Setting & { readonly name: string }> {
  return Object.entries<Setting>(SECTIONS[section]).map(([name, setting]) => ({
    name,
    ...setting,
    mayBeFile: setting.mayBeFile === true,
  }))
}
