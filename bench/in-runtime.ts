/** Runs in the runtime that is measured: every cost once, its times as one line of JSON. */
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

for (const make of makers) {
  for (const cost of await make()) {
    const measured: MeasuredCost = { id: cost.id, title: cost.title, times: await measure(cost) }
    console.log(JSON.stringify(measured))
  }
}
// Connections of the platform's fetch may stay open for a while.
process.exit(0)
