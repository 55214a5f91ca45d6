/**
 * Runs in the runtime that is measured: every cost once, its times as one line of JSON.
 *
 * With the argument `plain-native` only what the instructions make a difference to that main.ts then switches off.
 */
import { clientAssertionCosts } from './costs/client-assertion.ts'
import { clientFetchCosts } from './costs/client-fetch.ts'
import { modPowCosts } from './costs/mod-pow.ts'
import { percentEncodingCosts } from './costs/percent-encoding.ts'
import { rsaDecryptionCosts } from './costs/rsa-decryption.ts'
import { sessionSetUpCosts } from './costs/session-set-up.ts'
import { signedRequestCosts } from './costs/signed-request.ts'
import { type Cost, measure, type Times } from './paired-rounds.ts'

/** What is told of one cost. */
export interface MeasuredCost {
  readonly id: string
  readonly title: string
  readonly times: readonly Times[]
}

const makers: ReadonlyArray<() => Cost[] | Promise<Cost[]>> = [
  percentEncodingCosts,
  signedRequestCosts,
  modPowCosts,
  rsaDecryptionCosts,
  sessionSetUpCosts,
  clientAssertionCosts,
  clientFetchCosts,
]

const isPlain = process.argv[2] === 'plain-native'
for (const make of isPlain ? [rsaDecryptionCosts] : makers) {
  for (const cost of await make()) {
    const times = await measure(cost)
    const measured: MeasuredCost = isPlain
      ? { id: `${cost.id}-plain`, title: `${cost.title}, without AVX-512 IFMA`, times }
      : { id: cost.id, title: cost.title, times }
    console.log(JSON.stringify(measured))
  }
}
// Connections of the platform's fetch may stay open for a while.
process.exit(0)
