/** Where the OAuth 2.0 service is, and what it calls itself. */

/** Where access tokens are asked for. */
export const TOKEN_PATH = '/oauth2/api/v1/token'

/** The base of the gateway API, which access tokens open. */
export const GATEWAY_PATH = '/gw/api/v1'

/** The name by which the token endpoint calls itself. */
export const ISSUER = '/token'
