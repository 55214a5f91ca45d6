/** Every setting there is: its place in the JSON, from which its variable's name follows. */

/** The settings of each section; `file` ones may stand in a file of their own, named by `<name>File`. */
export const SECTIONS = {
  ibkr: { text: ['baseUrl'], file: [] },
  'ibkr.oauth1': {
    text: [
      'baseUrl',
      'signingBaseUrl',
      'realm',
      'querySigning',
      'consumerKey',
      'accessToken',
      'dhPrime',
    ],
    file: [
      'accessTokenSecret',
      'decryptedAccessTokenSecret',
      'signatureKey',
      'encryptionKey',
      'dhParameters',
    ],
  },
  'ibkr.oauth2': {
    text: ['baseUrl', 'tokenPath', 'audience', 'clientId', 'keyId', 'scope', 'credential', 'ip'],
    file: ['privateKey'],
  },
  ultracart: { text: ['baseUrl', 'redirectUri'], file: ['simpleKey'] },
} as const

export type SectionName = keyof typeof SECTIONS

/** What is set of a section. */
export type Section<Name extends SectionName> = {
  readonly [K in
    | (typeof SECTIONS)[Name]['text'][number]
    | (typeof SECTIONS)[Name]['file'][number]]?: string
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
  const { text, file } = SECTIONS[section]
  return [
    ...text.map((name) => ({ name, mayBeFile: false })),
    ...file.map((name) => ({ name, mayBeFile: true })),
  ]
}
