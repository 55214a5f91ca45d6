/** What a sandbox hands to its clients: the shape of the credentials file. */
import type { IbkrOAuth1Credentials } from './ibkr-oauth1/credentials.ts'

/** The JSON that `isoauth-sandbox --credentials-file` writes: a part for each service there is. */
export interface SandboxCredentials {
  readonly ibkr: {
    /** The sandbox's origin. */
    readonly baseUrl: string
    readonly oauth1: IbkrOAuth1Credentials
  }
}
