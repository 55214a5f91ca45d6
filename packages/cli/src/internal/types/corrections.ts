/**
 * Where the broker's description of its Web API is known to differ from what the broker takes and answers. Each
 * correction names a place and what is merged into it; all of it is this project's own text.
 */

/** What an OpenAPI Overlay calls an action; its target is a list of member names here. */
export interface Correction {
  readonly target: readonly string[]
  /** Merged as a JSON Merge Patch (RFC 7396) is: `null` takes a member away. */
  readonly update: JsonObject
  readonly description: string
}

export interface JsonObject {
  readonly [member: string]: unknown
}

const TEXT: JsonObject = { type: 'string' }

export const IBKR_CORRECTIONS: readonly Correction[] = [
  {
    target: ['components', 'parameters', 'AuthorizationHeaderParam'],
    update: { required: false },
    description: "the Authorization header is the client's to write, so calls need not give it",
  },
  {
    target: ['components', 'responses', 'Unauthorized', 'content'],
    update: {
      'application/json': {
        schema: {
          type: 'object',
          properties: { error: TEXT, statusCode: { type: 'integer' } },
          required: ['error'],
        },
      },
    },
    description:
      'a 401 of the trading API is { error, statusCode } as JSON, not only problem details',
  },
  {
    target: ['components', 'schemas', 'errorResponse', 'properties', 'statusCode'],
    update: { type: 'integer' },
    description: 'statusCode of an error is a number',
  },
  {
    target: ['components', 'schemas', 'CreateBrowserSessionResponse'],
    update: { required: ['url'] },
    description:
      'a browser session has a url; the access_token that is required of it does not exist',
  },
  {
    target: [
      'components',
      'schemas',
      'successfulTickleResponse',
      'properties',
      'hmds',
      'properties',
      'authStatus',
    ],
    update: { type: 'object' },
    description: 'hmds.authStatus of a tickle is an object, not a list',
  },
  {
    target: [
      'paths',
      '/oauth/live_session_token',
      'post',
      'responses',
      '200',
      'content',
      'application/json',
      'schema',
      'properties',
    ],
    update: { diffie_hellman_challenge: null, diffie_hellman_response: TEXT },
    description: 'the live session token is answered with diffie_hellman_response',
  },
  {
    target: ['components', 'schemas', 'TokenRequest', 'properties'],
    update: {
      clientId: null,
      clientAuthenticationMethod: null,
      clientAssertion: null,
      clientAssertionType: null,
      clientSecret: null,
      client_id: TEXT,
      client_assertion: TEXT,
      client_assertion_type: TEXT,
      grant_type: TEXT,
      scope: TEXT,
    },
    description: 'the form of a token request has the snake_case names of the RFCs',
  },
]
