/** The known answers of SSO bodies, requests and answers, with the types that the tests need. */
import json from '../../../vectors/ibkr-oauth2.json' with { type: 'json' }

export interface BodyVector {
  readonly id: string
  readonly inputs: {
    readonly credential: string
    readonly ip: string
    readonly alternativeIps?: readonly string[]
    readonly service?: string
    readonly expOffset: number
  }
  readonly jws: string
}

export interface RequestVector {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly bodyLength: number
}

export interface ResponseVector {
  readonly id: string
  readonly call: string
  readonly status: number
  readonly contentType: string
  readonly body: string
  // biome-ignore lint/suspicious/noExplicitAny: each case has its own fields
  readonly expect: any
}

interface Groups {
  readonly now: number
  readonly keys: { readonly main3072: { readonly pkcs8Pem: string } }
  readonly ssoSessionBodies: readonly BodyVector[]
  readonly ssoBrowserSessionBodies: readonly BodyVector[]
  readonly gatewayRequests: readonly RequestVector[]
  readonly responses: readonly ResponseVector[]
}

export const vectors: Groups = json as unknown as Groups
export const NOW_MS: number = vectors.now * 1000

/** The vectors of a call; throws when there are none, so that a typo cannot pass for success. */
export function responsesOf(call: string): readonly ResponseVector[] {
  const found = vectors.responses.filter((vector) => vector.call === call)
  if (found.length === 0) throw new Error(`no answers of ${call}`)
  return found
}
