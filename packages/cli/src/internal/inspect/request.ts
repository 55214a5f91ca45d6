/** What the inspector is given: a request as it was sent, and what the server knows. */

export interface RequestToInspect {
  readonly method: string
  readonly url: string
  readonly authorization: string
  readonly body?: string | undefined
  /** When it was sent, in milliseconds since 1970, by the server's clock where that is known. */
  readonly sentAtMs?: number | undefined
}

/** All of it is optional: without a key only the form of a request can be judged. */
export interface ServerKnowledge {
  /** The decrypted access token secret in hex: the prefix of a live session token request. */
  readonly prefix?: string | undefined
  /** The key that was registered for signing, and the other one. PEM, public or private. */
  readonly signatureKey?: string | undefined
  readonly encryptionKey?: string | undefined
  /** Base64 or hex of 20 bytes. */
  readonly liveSessionToken?: string | undefined
  /** As the portal shows it. */
  readonly consumerKey?: string | undefined
  /** What the program says it signed. */
  readonly clientBaseString?: string | undefined
}

/** Which of the service's calls it is: they differ in parameters, method and key. */
export type RequestKind =
  | 'request_token'
  | 'access_token'
  | 'live_session_token'
  | 'protected resource'

export function kindOf(url: string): RequestKind {
  const path = /^[^?#]*/.exec(url)?.[0] ?? ''
  const found = /\/oauth\/(request_token|access_token|live_session_token)\/?$/.exec(path)
  return (found?.[1] as RequestKind | undefined) ?? 'protected resource'
}

export function signatureMethodOf(kind: RequestKind): 'RSA-SHA256' | 'HMAC-SHA256' {
  return kind === 'protected resource' ? 'HMAC-SHA256' : 'RSA-SHA256'
}
