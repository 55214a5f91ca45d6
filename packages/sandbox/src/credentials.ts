/** What a sandbox hands to its clients: the shape of the credentials file. */
import type { IbkrOAuth1Credentials } from './ibkr-oauth1/credentials.ts'
import type { UltraCartCredentials } from './ultracart/credentials.ts'

/** The JSON that `isoauth-sandbox --credentials-file` writes: a part for each service there is. */
export interface SandboxCredentials {
  readonly ibkr: {
    /** The sandbox's origin. */
    readonly baseUrl: string
    readonly oauth1: IbkrOAuth1Credentials
  }
  readonly ultracart: UltraCartCredentials
}

/** Credentials as an option: what is cheap to make may be left out, and is made afresh. */
export type GivenCredentials = Omit<SandboxCredentials, 'ultracart'> &
  Partial<Pick<SandboxCredentials, 'ultracart'>>
