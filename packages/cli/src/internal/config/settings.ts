/** Every setting there is: its place in the JSON, from which its variable's name follows. */

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

/** The settings, in the order in which they are read; true for those that `<name>File` may name. */
const SECTIONS: {
  readonly [Name in SectionName]: Readonly<Record<SectionSettings[Name], boolean>>
} = {
  ibkr: { baseUrl: false },
  'ibkr.oauth1': {
    baseUrl: false,
    signingBaseUrl: false,
    realm: false,
    querySigning: false,
    consumerKey: false,
    accessToken: false,
    accessTokenSecret: true,
    decryptedAccessTokenSecret: true,
    signatureKey: true,
    encryptionKey: true,
    dhParameters: true,
    dhPrime: false,
  },
  'ibkr.oauth2': {
    baseUrl: false,
    tokenPath: false,
    audience: false,
    clientId: false,
    keyId: false,
    privateKey: true,
    scope: false,
    credential: false,
    ip: false,
  },
  ultracart: { baseUrl: false, simpleKey: true, redirectUri: false },
}

export const SECTION_NAMES: readonly SectionName[] = Object.keys(SECTIONS) as SectionName[]

/** `ibkr.oauth1`, `consumerKey` → `ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY`. */
export function variableName(section: SectionName, setting: string): string {
  const words = `${section}.${setting}`.replace(/[A-Z]/g, (letter) => `_${letter}`)
  return `ISOAUTH_${words.replaceAll('.', '_').toUpperCase()}`
}

/** The settings of a section, in their order, with whether a file may hold them. */
export function settingsOf(
  section: SectionName,
): ReadonlyArray<{ readonly name: string; readonly mayBeFile: boolean }> {
  return Object.entries(SECTIONS[section]).map(([name, mayBeFile]) => ({ name, mayBeFile }))
}
