/** What a sandbox hands to its clients: the shape of the credentials file. */
import { optionError } from './errors.ts'
import type { IbkrOAuth1Credentials } from './ibkr-oauth1/credentials.ts'
import type { IbkrOAuth2Credentials } from './ibkr-oauth2/credentials.ts'

/** The JSON that `isoauth-sandbox --credentials-file` writes: a part for each service there is. */
export interface SandboxCredentials {
  readonly ibkr: {
    /** The sandbox's origin. */
    readonly baseUrl: string
    readonly oauth1: IbkrOAuth1Credentials
    /** For access tokens and SSO sessions; reading it throws where the sandbox was made without it. */
    readonly oauth2: IbkrOAuth2Credentials
  }
}

/** Credentials that a sandbox is made with; without `oauth2` it has no OAuth 2.0 and no SSO. */
export interface GivenCredentials {
  readonly ibkr: Omit<SandboxCredentials['ibkr'], 'oauth2'> & {
    readonly oauth2?: IbkrOAuth2Credentials | undefined
  }
}

/** @internal The parts that were given, of what another sandbox handed out too. */
export function givenParts({ ibkr }: GivenCredentials): GivenCredentials['ibkr'] {
  // Copying leaves out the `oauth2` that only throws: it is not enumerable.
  return { ...ibkr }
}

/** @internal */
export function createSandboxCredentials(
  baseUrl: string,
  oauth1: IbkrOAuth1Credentials,
  oauth2: IbkrOAuth2Credentials | undefined,
): SandboxCredentials {
  if (oauth2) return { ibkr: { baseUrl, oauth1, oauth2 } }
  const ibkr = { baseUrl, oauth1 }
  Object.defineProperty(ibkr, 'oauth2', {
    get: () => {
      throw optionError(
        'credentials.ibkr.oauth2',
        'it was not among the credentials given to this sandbox, which therefore has no OAuth 2.0; ' +
          'add it, or leave the option out for fresh credentials',
      )
    },
  })
  return { ibkr: ibkr as SandboxCredentials['ibkr'] }
}
