/** What a sandbox hands to its clients: the shape of the credentials file. */
import { optionError } from './errors.ts'
import type { IbkrOAuth1Credentials } from './ibkr-oauth1/credentials.ts'
import type { IbkrOAuth2Credentials } from './ibkr-oauth2/credentials.ts'
import type { UltraCartCredentials } from './ultracart/credentials.ts'

/** The JSON that `isoauth-sandbox --credentials-file` writes: a part for each service there is. */
export interface SandboxCredentials {
  readonly ibkr: {
    /** The sandbox's origin. */
    readonly baseUrl: string
    readonly oauth1: IbkrOAuth1Credentials
    /** For access tokens and SSO sessions; reading it throws where the sandbox was made without it. */
    readonly oauth2: IbkrOAuth2Credentials
  }
  readonly ultracart: UltraCartCredentials
}

/**
 * Credentials that a sandbox is made with; without `oauth2` it has no OAuth 2.0 and no SSO. What is
 * cheap to make, `ultracart`, may be left out too, and is made afresh.
 */
export interface GivenCredentials {
  readonly ibkr: GivenIbkrCredentials
  readonly ultracart?: UltraCartCredentials | undefined
}

/** The broker's part of {@link GivenCredentials}. */
export interface GivenIbkrCredentials {
  /** Of another sandbox: this one's origin stands in its place. */
  readonly baseUrl: string
  readonly oauth1: IbkrOAuth1Credentials
  readonly oauth2?: IbkrOAuth2Credentials | undefined
}

/** @internal The parts of `ibkr` that were given, of what another sandbox handed out too. */
export function givenParts({ ibkr }: GivenCredentials): GivenCredentials['ibkr'] {
  // Copying leaves out the `oauth2` that only throws: it is not enumerable.
  return { ...ibkr }
}

/** @internal */
export function createSandboxCredentials({
  baseUrl,
  oauth1,
  oauth2,
  ultracart,
}: {
  readonly baseUrl: string
  readonly oauth1: IbkrOAuth1Credentials
  readonly oauth2: IbkrOAuth2Credentials | undefined
  readonly ultracart: UltraCartCredentials
}): SandboxCredentials {
  if (oauth2) return { ibkr: { baseUrl, oauth1, oauth2 }, ultracart }
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
  return { ibkr: ibkr as SandboxCredentials['ibkr'], ultracart }
}
