/** The known answers, with the types that the tests need. */
import json from '../../../vectors/ibkr-oauth1.json' with { type: 'json' }

export interface Vector {
  readonly id: string
  readonly kind: string
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own fields
  readonly input: any
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own fields
  readonly expected: any
}

export interface VectorKey {
  readonly pkcs1Pem: string
  readonly pkcs8Pem: string
  readonly publicPem: string
}

export const keys = json.keys as Readonly<Record<'signature' | 'encryption', VectorKey>>
export const dhGroups = json.dhGroups as Readonly<Record<string, { readonly pem: string }>>

/** The vectors of one kind; throws when there are none, so that a typo cannot pass for success. */
export function vectorsOf(kind: string): readonly Vector[] {
  const found = (json.vectors as readonly Vector[]).filter((vector) => vector.kind === kind)
  if (found.length === 0) throw new Error(`no vectors of kind ${kind}`)
  return found
}
