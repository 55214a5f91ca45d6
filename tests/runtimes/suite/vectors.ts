/** The known answers of `vectors/`, with the types that the checks need. */
import oauth1Json from '../../../vectors/ibkr-oauth1.json' with { type: 'json' }
import oauth2Json from '../../../vectors/ibkr-oauth2.json' with { type: 'json' }
import type { VectorCheck } from './check.ts'

export interface Vector {
  readonly id: string
  readonly kind: string
  // The shapes differ by kind; a wrong name here gives undefined, which no comparison accepts.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly input: any
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly expected: any
}

interface RsaKeyForms {
  readonly pkcs1Pem: string
  readonly pkcs8Pem: string
}

/** Several checks may look at one vector, each from its own side. */
export type Kinds = Readonly<Record<string, (vector: Vector) => void | Promise<void>>>

export const oauth2 = oauth2Json
export const NOW_MS: number = oauth2Json.now * 1000

/** The client of the vectors: a published test key, known to nobody's broker. */
export const vectorClient = {
  clientId: 'ExampleAdvisor-TEST',
  keyId: 'main',
  privateKey: oauth2.keys.main3072.pkcs8Pem,
  now: () => NOW_MS,
}

const rsaKeys: Readonly<Record<string, RsaKeyForms>> = oauth1Json.keys
const groups: Readonly<Record<string, { readonly pem: string }>> = oauth1Json.dhGroups

/** One check for each vector of each kind; a kind without vectors throws, a typo for instance. */
export function vectorChecks(subject: string, kinds: Kinds): VectorCheck[] {
  return Object.entries(kinds).flatMap(([kind, run]) =>
    vectorsOf(kind).map((vector) => ({
      name: `${subject}: ${kind} ${vector.id}`,
      run: () => run(vector),
    })),
  )
}

export function vectorsOf(kind: string): Vector[] {
  const found = (oauth1Json.vectors as Vector[]).filter((vector) => vector.kind === kind)
  return found.length > 0 ? found : missing(kind)
}

/** A published test key: known to nobody's broker. */
export function rsaKey(name: string): RsaKeyForms {
  return rsaKeys[name] ?? missing(name)
}

export function dhGroupPem(name: string): string {
  return groups[name]?.pem ?? missing(name)
}

/** The one entry with this id. */
export function byId<T extends { readonly id: string }>(list: readonly T[], id: string): T {
  return list.find((entry) => entry.id === id) ?? missing(id)
}

function missing(name: string): never {
  throw new Error(`the vectors have no ${name}`)
}
