/** The commonest mistakes in options, one a program, and the words in which compilers tell each. */

/** A mistake, and what is told of it. */
export interface Mistake {
  /** What is wrong, for people. */
  readonly what: string
  /** A program below the imports and values of {@link PREAMBLE}. */
  readonly program: string
  /** The compilers' codes: TypeScript 7 tells a missing option in its first line, by a code of its own. */
  readonly code: number | readonly number[]
  /** The option at fault: the mistake is told at it, or one of the first lines names it. */
  readonly option: string
  /** What is among the told lines. */
  readonly says: RegExp
}

/** What every program begins with. */
export const PREAMBLE: string = `
import { createIbkrOAuth1, createIbkrOAuth1Authorization, type IbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2, type IbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { createIbkrSso, type IbkrSso } from '@isoauth/ibkr-sso'
import { createSandbox } from '@isoauth/sandbox'
import { createUltraCartSso } from '@isoauth/ultracart-sso'

declare const text: string
declare const unset: string | undefined
declare const connection: IbkrOAuth1
declare const oauth2: IbkrOAuth2
declare const sso: IbkrSso

const encrypted = {
  consumerKey: text, accessToken: text, accessTokenSecret: text, encryptionKey: text, signatureKey: text, dhParameters: text,
}
const decrypted = {
  consumerKey: text, accessToken: text, decryptedAccessTokenSecret: text, signatureKey: text, dhParameters: text,
}
const clientKey = { clientId: text, keyId: text, privateKey: text }
`

const MISSING = [2345, 2741] as const
const UNFIT = 2345
const WRONG = 2322
const LACKING = 2741
const MISSPELT = 2561
const UNKNOWN = 2353

const ENCRYPTED = 'IbkrOAuth1ClientOptions & EncryptedSecret'
const SIMPLE_KEY = 'UltraCartClientOptions & UltraCartSimpleKey'

const missing = (option: string, owner: string): RegExp =>
  new RegExp(
    `^Property '${option}' is missing in type '.*' but required in type '${owner}'\\.$`,
    'm',
  )
const misspelt = (given: string, type: string, meant: string): RegExp =>
  new RegExp(
    `^Object literal may only specify known properties, but '${given}' does not exist in type '${type}'\\. Did you mean to write '${meant}'\\?$`,
  )
const unknown = (given: string, type: string): RegExp =>
  new RegExp(
    `^Object literal may only specify known properties, and '${given}' does not exist in type '${type}'\\.$`,
  )
/** Compilers write the members of a union in an order of their own. */
const untaken = (given: string, ...members: readonly string[]): RegExp => {
  const ahead = members.map((member) => `(?=.*${member})`).join('')
  return new RegExp(`^Type '${given}' is not assignable to type '${ahead}[^']*'\\.`, 'm')
}
const unfit = (option: string): RegExp =>
  new RegExp(`^Types of property '${option}' are incompatible\\.$`, 'm')

type Row = readonly [
  what: string,
  program: string,
  code: Mistake['code'],
  option: string,
  says: RegExp,
]

/** An object literal of the first party's options but for one. */
const without = (option: string, more = ''): string => {
  const names = ['consumerKey', 'accessToken', 'accessTokenSecret', 'encryptionKey']
  const given = [...names, 'signatureKey', 'dhParameters'].filter((name) => name !== option)
  return `createIbkrOAuth1({ ${[...given.map((name) => `${name}: text`), more].filter(Boolean).join(', ')} })`
}

const FIRST_PARTY: readonly Row[] = [
  ...Object.entries({
    EncryptedSecret: ['encryptionKey', 'accessTokenSecret'],
    IbkrOAuth1ClientOptions: ['consumerKey', 'accessToken', 'signatureKey', 'dhParameters'],
  }).flatMap(([type, options]) =>
    options.map(
      (option): Row => [`no ${option}`, without(option), MISSING, option, missing(option, type)],
    ),
  ),
  [
    'neither secret nor key',
    'createIbkrOAuth1({ consumerKey: text, accessToken: text, signatureKey: text, dhParameters: text })',
    MISSING,
    'accessTokenSecret',
    /^Type '.*' is missing the following properties from type 'EncryptedSecret': accessTokenSecret, encryptionKey$/m,
  ],
  [
    'no dhParameters beside the decrypted secret',
    'createIbkrOAuth1({ consumerKey: text, accessToken: text, decryptedAccessTokenSecret: text, signatureKey: text })',
    MISSING,
    'dhParameters',
    missing('dhParameters', 'IbkrOAuth1ClientOptions'),
  ],
  [
    'no encryptionKey in a variable',
    'const { encryptionKey, ...options } = encrypted\ncreateIbkrOAuth1(options)',
    MISSING,
    'encryptionKey',
    missing('encryptionKey', 'EncryptedSecret'),
  ],
  [
    'encryptionKey misspelt',
    without('encryptionKey', 'encryptonKey: text'),
    MISSPELT,
    'encryptonKey',
    misspelt('encryptonKey', ENCRYPTED, 'encryptionKey'),
  ],
  [
    'accessToken misspelt',
    without('accessToken', 'acessToken: text'),
    MISSPELT,
    'acessToken',
    misspelt('acessToken', ENCRYPTED, 'accessToken'),
  ],
  [
    'an optional one misspelt',
    'createIbkrOAuth1({ ...encrypted, timeout: 5000 })',
    MISSPELT,
    'timeout',
    misspelt('timeout', ENCRYPTED, 'timeoutMs'),
  ],
  [
    'dhParameters of a wrong type',
    without('dhParameters', 'dhParameters: 2'),
    WRONG,
    'dhParameters',
    untaken('number', 'string', 'Uint8Array', 'DhParameters'),
  ],
  [
    'accessTokenSecret that may be undefined',
    without('accessTokenSecret', 'accessTokenSecret: unset'),
    UNFIT,
    'accessTokenSecret',
    unfit('accessTokenSecret'),
  ],
  [
    'consumerKey that may be undefined',
    without('consumerKey', 'consumerKey: unset'),
    WRONG,
    'consumerKey',
    untaken('string \\| undefined', 'string'),
  ],
  [
    'both secrets',
    without('', 'decryptedAccessTokenSecret: text'),
    UNFIT,
    'decryptedAccessTokenSecret',
    unfit('decryptedAccessTokenSecret'),
  ],
  [
    'both secrets in a variable',
    'const options = { ...encrypted, ...decrypted }\ncreateIbkrOAuth1(options)',
    UNFIT,
    'accessTokenSecret',
    // Whichever of the two ways the compiler takes for the one that was meant.
    unfit('(accessTokenSecret|decryptedAccessTokenSecret)'),
  ],
  [
    'the options of OAuth 2.0',
    "createIbkrOAuth1({ clientId: text, keyId: text, privateKey: text, scope: 'echo.read' })",
    UNKNOWN,
    'clientId',
    unknown('clientId', 'IbkrOAuth1Options'),
  ],
]

const LEGACY: readonly Row[] = [
  [
    'another word for parameterTransport',
    "createIbkrOAuth1({ ...encrypted, baseUrl: text, parameterTransport: 'json' })",
    WRONG,
    'parameterTransport',
    untaken('"json"', 'ParameterTransport'),
  ],
  [
    'another word in the third party flow',
    "createIbkrOAuth1Authorization({ consumerKey: text, signatureKey: text, parameterTransport: 'body' })",
    WRONG,
    'parameterTransport',
    untaken('"body"', 'ParameterTransport'),
  ],
]

const THIRD_PARTY: readonly Row[] = [
  [
    'no signatureKey',
    'createIbkrOAuth1Authorization({ consumerKey: text })',
    MISSING,
    'signatureKey',
    missing('signatureKey', 'IbkrOAuth1AuthorizationOptions'),
  ],
  [
    'callback misspelt',
    'createIbkrOAuth1Authorization({ consumerKey: text, signatureKey: text, callbackUrl: text })',
    MISSPELT,
    'callbackUrl',
    misspelt('callbackUrl', 'IbkrOAuth1AuthorizationOptions', 'callback'),
  ],
  [
    'a key of a wrong type',
    'createIbkrOAuth1Authorization({ consumerKey: text, signatureKey: 5 })',
    WRONG,
    'signatureKey',
    untaken('number', 'SigningKey'),
  ],
  [
    'the access token of the first party',
    'createIbkrOAuth1Authorization({ consumerKey: text, signatureKey: text, accessToken: text })',
    UNKNOWN,
    'accessToken',
    unknown('accessToken', 'IbkrOAuth1AuthorizationOptions'),
  ],
]

const OAUTH2: readonly Row[] = [
  [
    'no scope',
    'createIbkrOAuth2(clientKey)',
    MISSING,
    'scope',
    missing('scope', 'IbkrOAuth2Options'),
  ],
  [
    'clientId misspelt',
    'createIbkrOAuth2({ clientID: text, keyId: text, privateKey: text, scope: text })',
    MISSPELT,
    'clientID',
    misspelt('clientID', 'IbkrOAuth2Options', 'clientId'),
  ],
  [
    'a scope of a wrong type',
    'createIbkrOAuth2({ ...clientKey, scope: 5 })',
    WRONG,
    'scope',
    untaken('number', 'string', 'readonly string\\[\\]'),
  ],
  [
    'the options of OAuth 1.0a',
    'createIbkrOAuth2({ consumerKey: text, accessToken: text, signatureKey: text })',
    UNKNOWN,
    'consumerKey',
    unknown('consumerKey', 'IbkrOAuth2Options'),
  ],
]

const SSO: readonly Row[] = [
  ['no oauth2', 'createIbkrSso({})', MISSING, 'oauth2', missing('oauth2', 'IbkrSsoOptions')],
  [
    'the options of OAuth 2.0 in the place of its client',
    'createIbkrSso({ clientId: text, keyId: text, privateKey: text, scope: text })',
    UNKNOWN,
    'clientId',
    unknown('clientId', 'IbkrSsoOptions'),
  ],
  [
    'a client of OAuth 1.0a',
    'createIbkrSso({ oauth2: connection })',
    2739,
    'oauth2',
    /^Type 'IbkrOAuth1' is missing the following properties from type 'SsoAuthority': accessToken, signJwt$/,
  ],
  [
    'linkHosts misspelt',
    'createIbkrSso({ oauth2, linkHost: [text] })',
    MISSPELT,
    'linkHost',
    misspelt('linkHost', 'IbkrSsoOptions', 'linkHosts'),
  ],
  [
    'no ip of a session',
    'sso.createSession({ credential: text })',
    MISSING,
    'ip',
    missing('ip', 'SsoSessionCallOptions'),
  ],
  [
    'further addresses of a browser session',
    'sso.createBrowserSession({ credential: text, ip: text, alternativeIps: [text] })',
    UNKNOWN,
    'alternativeIps',
    unknown('alternativeIps', 'BrowserSessionCallOptions'),
  ],
]

const SESSION: readonly Row[] = [
  [
    'no connection',
    'createBrokerageSession({})',
    MISSING,
    'connection',
    missing('connection', 'BrokerageSessionOptions'),
  ],
  [
    'the client itself',
    'createBrokerageSession(connection)',
    MISSING,
    'connection',
    missing('connection', 'BrokerageSessionOptions'),
  ],
  [
    'the client of SSO in the place of a session',
    'createBrokerageSession({ connection: sso })',
    LACKING,
    'connection',
    missing('fetch', 'BrokerConnection'),
  ],
  [
    'suppress misspelt',
    'createBrokerageSession({ connection, supress: [text] })',
    MISSPELT,
    'supress',
    misspelt('supress', 'BrokerageSessionOptions', 'suppress'),
  ],
  [
    'open without compete',
    'createBrokerageSession({ connection }).open({})',
    MISSING,
    'compete',
    missing('compete', 'OpenOptions'),
  ],
  [
    'method of fetch misspelt',
    "createBrokerageSession({ connection }).fetch('/iserver/account/DU1/orders', { metod: 'POST' })",
    MISSPELT,
    'metod',
    misspelt('metod', '.*', 'method'),
  ],
  [
    'an event misspelt',
    "createBrokerageSession({ connection }).on('open', () => {})",
    UNFIT,
    'open',
    /^Argument of type '"open"' is not assignable to parameter of type '.*"opened".*'\.$/,
  ],
]

const ULTRACART: readonly Row[] = [
  [
    'no redirectUri',
    'createUltraCartSso({ simpleKey: text })',
    MISSING,
    'redirectUri',
    missing('redirectUri', 'UltraCartClientOptions'),
  ],
  [
    'no key',
    'createUltraCartSso({ redirectUri: text })',
    MISSING,
    'simpleKey',
    missing('simpleKey', 'UltraCartSimpleKey'),
  ],
  [
    'a key that may be undefined',
    'createUltraCartSso({ simpleKey: unset, redirectUri: text })',
    UNFIT,
    'simpleKey',
    unfit('simpleKey'),
  ],
  [
    'redirectUri misspelt',
    'createUltraCartSso({ simpleKey: text, redirectURI: text })',
    MISSPELT,
    'redirectURI',
    misspelt('redirectURI', SIMPLE_KEY, 'redirectUri'),
  ],
  [
    'hosts of a wrong type',
    'createUltraCartSso({ simpleKey: text, redirectUri: text, loginHosts: text })',
    WRONG,
    'loginHosts',
    untaken('string', 'readonly string\\[\\]'),
  ],
  [
    'key and token',
    'createUltraCartSso({ simpleKey: text, accessToken: text, redirectUri: text })',
    UNFIT,
    'accessToken',
    unfit('accessToken'),
  ],
]

const SANDBOX: readonly Row[] = [
  [
    'origin misspelt',
    'createSandbox({ orgin: text })',
    MISSPELT,
    'orgin',
    misspelt('orgin', 'SandboxOptions', 'origin'),
  ],
  [
    'another word for credentials',
    "createSandbox({ credentials: 'new' })",
    WRONG,
    'credentials',
    untaken('"new"', '"prepared"', '"fresh"', 'GivenCredentials'),
  ],
  [
    'credentials without oauth1',
    'createSandbox({ credentials: { ibkr: { baseUrl: text } } })',
    LACKING,
    'ibkr',
    missing('oauth1', 'GivenIbkrCredentials'),
  ],
]

/** Programs without a mistake: every way in, and options that were read and may be undefined. */
export const RIGHT: Readonly<Record<string, string>> = {
  'OAuth 1.0a, first party': 'createIbkrOAuth1(encrypted)',
  'OAuth 1.0a, decrypted secret': 'createIbkrOAuth1({ ...decrypted, encryptionKey: undefined })',
  'OAuth 1.0a, third party':
    'createIbkrOAuth1Authorization({ consumerKey: text, signatureKey: text, callback: unset })',
  'OAuth 1.0a, legacy base':
    "createIbkrOAuth1({ ...encrypted, baseUrl: unset, parameterTransport: 'json-body' })",
  'OAuth 2.0': "createIbkrOAuth2({ ...clientKey, scope: ['echo.read'], audience: unset })",
  SSO: 'createIbkrSso({ oauth2, baseUrl: unset }).createSession({ credential: text, ip: text, service: unset })',
  'brokerage session': 'createBrokerageSession({ connection }).open({ compete: false })',
  'UltraCart, simple key':
    'createUltraCartSso({ simpleKey: text, accessToken: undefined, redirectUri: text })',
  'UltraCart, access token':
    'createUltraCartSso({ accessToken: text, redirectUri: text, baseUrl: unset })',
  sandbox: "createSandbox({ origin: unset, credentials: 'fresh' })",
}

/** Every mistake by its way in. */
export const MISTAKES: Readonly<Record<string, readonly Mistake[]>> = Object.fromEntries(
  Object.entries({
    'OAuth 1.0a, first party': FIRST_PARTY,
    'OAuth 1.0a, third party': THIRD_PARTY,
    'OAuth 1.0a, legacy base': LEGACY,
    'OAuth 2.0': OAUTH2,
    SSO,
    'brokerage session': SESSION,
    UltraCart: ULTRACART,
    sandbox: SANDBOX,
  }).map(([way, rows]) => [
    way,
    rows.map(([what, program, code, option, says]) => ({ what, program, code, option, says })),
  ]),
)
