/** The ways in: what each is called, what is asked for it, and what a person does at its portal. */
import type { InitOptions, WayName } from '../commands/init-options.ts'
import type { SectionName } from '../config/settings.ts'
import { PORTAL_STEPS, type Step } from '../keygen/portal-steps.ts'

export interface Way {
  readonly name: WayName
  readonly title: string
  readonly hint: string
  readonly section: Exclude<SectionName, 'ibkr'>
  /** Which keys it takes. */
  readonly keys: 'signature-and-encryption' | 'one' | 'none'
  /** What is done before there is anything to fill in. */
  readonly steps: readonly Step[]
  readonly values: readonly WantedValue[]
}

/** A value that a person has from the service. */
export interface WantedValue {
  readonly setting: string
  readonly message: string
  /** Where it may be given instead. */
  readonly option: keyof InitOptions & string
  /** The option names a file, and nothing typed is shown. */
  readonly isSecret: boolean
  /** A sandbox's portal gives it. */
  readonly isFromPortal: boolean
}

const OAUTH1_VALUES: readonly WantedValue[] = [
  {
    setting: 'consumerKey',
    message: 'Consumer key (nine letters, A to Z)',
    option: 'consumerKey',
    isSecret: false,
    isFromPortal: false,
  },
  {
    setting: 'accessToken',
    message: 'Access token',
    option: 'accessTokenFile',
    isSecret: true,
    isFromPortal: true,
  },
  {
    setting: 'accessTokenSecret',
    message: 'Access token secret (base64, encrypted to your key)',
    option: 'accessTokenSecretFile',
    isSecret: true,
    isFromPortal: true,
  },
]

const plain = (setting: keyof InitOptions & string, message: string): WantedValue => ({
  setting,
  message,
  option: setting,
  isSecret: false,
  isFromPortal: false,
})

const OAUTH2_VALUES: readonly WantedValue[] = [
  plain('clientId', 'Client id, as the broker gave it'),
  plain('keyId', 'Key id (kid) that was agreed with the broker, such as main'),
]

const OAUTH2_STEPS: readonly Step[] = [
  {
    text: 'OAuth 2.0 is for firms: apply to the broker for it. It gives a client id, and grants scopes.',
  },
  {
    text: 'Send the broker public_key.pem, and agree on its key id. The private key is never sent anywhere.',
  },
]

export const WAYS: readonly Way[] = [
  {
    name: 'ibkr-oauth1',
    title: 'Interactive Brokers, OAuth 1.0a',
    hint: 'for your own account',
    section: 'ibkr.oauth1',
    keys: 'signature-and-encryption',
    steps: PORTAL_STEPS,
    values: OAUTH1_VALUES,
  },
  {
    name: 'ibkr-oauth1-third-party',
    title: 'Interactive Brokers, OAuth 1.0a, third party',
    hint: 'your program, accounts of others',
    section: 'ibkr.oauth1',
    keys: 'signature-and-encryption',
    steps: [
      {
        text: 'Apply to the broker as a third party: a review, and a callback URL that is registered. It takes about two to four months.',
        isUnverified: true,
      },
      {
        text: 'Send the broker public_signature.pem, public_encryption.pem and dhparam.pem. The private_ files are never sent anywhere. It gives a consumer key.',
      },
      {
        text: 'Have a person approve, as "Third parties" in the README of @isoauth/ibkr-oauth1 shows: that gives an access token and its encrypted secret.',
      },
    ],
    values: OAUTH1_VALUES.map((value) => ({ ...value, isFromPortal: false })),
  },
  {
    name: 'ibkr-oauth2',
    title: 'Interactive Brokers, OAuth 2.0',
    hint: 'for firms that the broker registered',
    section: 'ibkr.oauth2',
    keys: 'one',
    steps: OAUTH2_STEPS,
    values: OAUTH2_VALUES,
  },
  {
    name: 'ibkr-sso',
    title: 'Interactive Brokers, SSO',
    hint: 'OAuth 2.0, and sessions of your users',
    section: 'ibkr.oauth2',
    keys: 'one',
    steps: OAUTH2_STEPS,
    values: [
      ...OAUTH2_VALUES,
      plain('credential', 'User name to open sessions for'),
      plain('ip', 'Public address by which this machine goes out'),
    ],
  },
  {
    name: 'ultracart',
    title: 'UltraCart, single sign-on',
    hint: 'logins of merchants',
    section: 'ultracart',
    keys: 'none',
    steps: [
      {
        text: 'Make an authorized application in UltraCart, with the permission to write single sign-on (sso_write), and copy its simple key.',
      },
      {
        text: 'Have the address registered that browsers come back to: https, without a fragment.',
        isUnverified: true,
      },
    ],
    values: [
      {
        setting: 'simpleKey',
        message: 'Simple key of the application',
        option: 'simpleKeyFile',
        isSecret: true,
        isFromPortal: false,
      },
      plain('redirectUri', 'Redirect URI, letter by letter as registered'),
    ],
  },
]

export function wayOf(name: WayName): Way {
  return WAYS.find((way) => way.name === name) as Way
}

/** `accessTokenFile` → `--access-token-file`. */
export function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
