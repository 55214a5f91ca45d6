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
  /** A sentence for whoever writes the file. */
  readonly about: string
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
    baseUrl: { about: 'The origin of both ways in, such as https://api.ibkr.com (the default).' },
  },
  'ibkr.oauth1': {
    baseUrl: { about: 'Where requests go, with the path: https://api.ibkr.com/v1/api (default).' },
    signingBaseUrl: { about: 'The base that the broker sees, where a proxy stands at baseUrl.' },
    realm: { about: 'limited_poa (default), or test_realm for the consumer TESTCONS.' },
    querySigning: {
      about: 'Whether the query is a part of what is signed, and in which form.',
      values: ['omit', 'wire'],
    },
    consumerKey: {
      about: 'The consumer key as the portal shows it: usually nine letters, A to Z.',
    },
    accessToken: { about: 'The access token as the portal shows it.' },
    accessTokenSecret: {
      about: 'The encrypted access token secret as the portal shows it: base64.',
      mayBeFile: true,
    },
    decryptedAccessTokenSecret: {
      about: 'What isoauth decrypt-secret gives: hex. Then encryptionKey is not needed.',
      mayBeFile: true,
    },
    signatureKey: {
      about: 'The RSA private key whose public half is the public signing key in the portal: PEM.',
      mayBeFile: true,
    },
    encryptionKey: {
      about: 'The RSA private key whose public half is the public encryption key: PEM.',
      mayBeFile: true,
    },
    dhParameters: {
      about: 'The Diffie-Hellman parameters that were uploaded to the portal: PEM.',
      mayBeFile: true,
      isPublic: true,
    },
    dhPrime: { about: 'The prime of dhParameters in hex, for doctor to compare.' },
  },
  'ibkr.oauth2': {
    baseUrl: {
      about: 'The origin of token, gateway and SSO calls: https://api.ibkr.com (default).',
    },
    tokenPath: { about: 'The path of the token endpoint below baseUrl.' },
    audience: { about: 'The audience of the client assertion.' },
    clientId: { about: 'The client that was registered with the broker.' },
    keyId: { about: 'The name (kid) that the registered public key has with the broker.' },
    privateKey: {
      about: 'The RSA private key whose public half is registered: PEM, 3072 bits and more.',
      mayBeFile: true,
    },
    scope: { about: 'The scopes that are asked for, separated by blanks.' },
    credential: { about: 'The user name to open sessions for (SSO).' },
    ip: { about: 'The public address of this machine (SSO).' },
  },
  ultracart: {
    baseUrl: {
      about: 'Where requests go, with the path: https://secure.ultracart.com/rest/v2 (default).',
    },
    simpleKey: { about: 'The simple key of the application: a secret.', mayBeFile: true },
    redirectUri: { about: 'The address that UltraCart sends browsers back to, as registered.' },
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
): ReadonlyArray<
  Required<Pick<Setting, 'about' | 'mayBeFile'>> & Setting & { readonly name: string }
> {
  return Object.entries<Setting>(SECTIONS[section]).map(([name, setting]) => ({
    name,
    ...setting,
    mayBeFile: setting.mayBeFile === true,
  }))
}
