/** The broker's known causes for a handshake that fails, the likeliest first, by the code of the failure. */

export interface Evidence {
  readonly consumerKey: string
  readonly realm: string | undefined
  /** dhPrime and dhParameters disagree. */
  readonly isDhDoubtful: boolean
  /** The base that is signed is not the broker's own. */
  readonly isOtherHost: boolean
}

const DH =
  'dhParameters are of another key: the Diffie-Hellman file here is not the one that was uploaded with this consumer key.'
const NEW_TOKEN =
  'The access token was generated anew in the portal, or revoked: generate one, and copy token and secret together.'
const NOT_ACTIVE =
  'The consumer key, or a key uploaded for it, is not active yet: the broker takes it over at a restart, overnight or over the weekend; up to two weeks were seen.'
const OTHER_ACCOUNT =
  'It is of another account: live and paper have separate user names, consumer keys and tokens.'
const OTHER_SIGNATURE_KEY =
  'signatureKey is not the private half of the signing key in the portal: an older file, or one of another consumer key.'
const OTHER_TOKEN =
  'accessToken and accessTokenSecret are not of one generation, or not of this consumer key.'

/** The likely causes, or none where the code says all. */
export function likelyCauses(code: string | undefined, evidence: Evidence): string[] {
  switch (code) {
    case 'IBKR_OAUTH1_CONSUMER_INVALID':
      return [
        ...caseCause(evidence),
        ...realmCause(evidence),
        NOT_ACTIVE,
        'It is mistyped.',
        OTHER_ACCOUNT,
      ]
    case 'IBKR_OAUTH1_ACCESS_TOKEN_UNKNOWN':
      return evidence.isDhDoubtful ? [DH, NEW_TOKEN, OTHER_TOKEN] : [NEW_TOKEN, OTHER_TOKEN, DH]
    case 'IBKR_OAUTH1_LST_SIGNATURE_MISMATCH':
    case 'IBKR_OAUTH1_DH_RESPONSE_RANGE':
      // The broker accepted the signature, which covers keys, secret and token: the exchange remains.
      return [
        DH,
        ...caseCause(evidence),
        'Something between changed the answer: a proxy, or another host.',
      ]
    case 'IBKR_OAUTH1_UNAUTHORIZED':
    case 'IBKR_OAUTH1_CLOCK_UNKNOWN':
      return [
        ...realmCause(evidence),
        ...(evidence.isDhDoubtful ? [DH] : []),
        OTHER_SIGNATURE_KEY,
        OTHER_TOKEN,
        ...caseCause(evidence),
        NOT_ACTIVE,
        ...(evidence.isOtherHost
          ? ['Another address is signed than the broker sees: set signingBaseUrl behind a proxy.']
          : []),
        ...(evidence.isDhDoubtful ? [] : [DH]),
      ]
    default:
      return []
  }
}

function caseCause({ consumerKey }: Evidence): string[] {
  if (consumerKey === consumerKey.toUpperCase()) return []
  return [
    'The case of consumerKey: it has lower-case letters, and the portal stores it in upper case whatever was typed. Write it in upper case.',
  ]
}

function realmCause({ consumerKey, realm = 'limited_poa' }: Evidence): string[] {
  const wanted = consumerKey === 'TESTCONS' ? 'test_realm' : 'limited_poa'
  return realm === wanted ? [] : [`realm should be ${wanted} for this consumer key.`]
}
