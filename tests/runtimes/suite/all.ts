/** Every check of the portable suite, in the order in which they run. */
import type { Check } from './check.ts'
import { codeLeaks } from './code-leaks.ts'
import { cryptoVectors } from './crypto-vectors.ts'
import { exchangeVectors } from './exchange-vectors.ts'
import { leaks } from './leaks.ts'
import { oauth1Flows } from './oauth1-flows.ts'
import { oauth2Flows } from './oauth2-flows.ts'
import { oauth2Vectors } from './oauth2-vectors.ts'
import { overHttp } from './over-http.ts'
import { sandboxVectors } from './sandbox-vectors.ts'
import { sessionFlows } from './session-flows.ts'
import { signingVectors } from './signing-vectors.ts'
import { ssoVectors } from './sso-vectors.ts'
import { streamOverHttp } from './stream-over-http.ts'
import { ultracartFlows } from './ultracart-flows.ts'

export const checks: readonly Check[] = [
  ...cryptoVectors,
  ...signingVectors,
  ...exchangeVectors,
  ...oauth2Vectors,
  ...ssoVectors,
  ...sandboxVectors,
  ...oauth1Flows,
  ...oauth2Flows,
  ...sessionFlows,
  ...ultracartFlows,
  ...leaks,
  ...codeLeaks,
  ...overHttp,
  ...streamOverHttp,
]
