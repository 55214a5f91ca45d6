/** The options of `isoauth init`: one for each question. */
import type { GroupName } from './keygen-options.ts'

export const WAY_NAMES = [
  'ibkr-oauth1',
  'ibkr-oauth1-third-party',
  'ibkr-oauth2',
  'ibkr-sso',
  'ultracart',
] as const

export type WayName = (typeof WAY_NAMES)[number]

export interface InitOptions {
  /** The file to write. */
  readonly config?: string
  readonly profile?: string
  readonly service?: WayName
  readonly baseUrl?: string
  readonly keys?: string
  readonly group?: GroupName | 'own'
  readonly byHand?: boolean
  readonly consumerKey?: string
  readonly accessTokenFile?: string
  readonly accessTokenSecretFile?: string
  readonly clientId?: string
  readonly keyId?: string
  readonly privateKeyFile?: string
  readonly credential?: string
  readonly ip?: string
  readonly simpleKeyFile?: string
  readonly redirectUri?: string
  /** Ask nothing. */
  readonly yes?: boolean
  readonly json?: boolean
}
