/** Every flow that runs against the sandbox, in the order in which it is shown. */
import type { Flow } from '../flow.ts'
import { brokerageSession } from './brokerage-session.ts'
import { firstParty } from './first-party.ts'
import { legacyHeader, legacyJsonBody } from './legacy.ts'
import { oauth2 } from './oauth2.ts'
import { refusals } from './refusals.ts'
import { sso } from './sso.ts'
import { thirdParty } from './third-party.ts'
import { ultracart } from './ultracart.ts'

export const FLOWS: readonly Flow[] = [
  firstParty,
  brokerageSession,
  thirdParty,
  legacyHeader,
  legacyJsonBody,
  refusals,
  oauth2,
  sso,
  ultracart,
]
