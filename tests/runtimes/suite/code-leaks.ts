/**
 * No code tells a secret, in any runtime: each code of each package of clients is provoked with marked values in every
 * option and answer. The lists are complete by their types, so that a code without a way does not compile.
 */
import type { Check } from './check.ts'
import { cryptoWays } from './code-leaks/crypto.ts'
import { oauth1Ways } from './code-leaks/oauth1.ts'
import { oauth2Ways } from './code-leaks/oauth2.ts'
import { expectNoLeaks, type Way } from './code-leaks/search.ts'
import { sessionWays } from './code-leaks/session.ts'
import { ssoWays } from './code-leaks/sso.ts'
import { ultraCartWays } from './code-leaks/ultracart.ts'

/** Every code by its package. */
export const WAYS: Readonly<Record<string, Readonly<Record<string, Way>>>> = {
  'core-crypto': cryptoWays,
  'ibkr-oauth1': oauth1Ways,
  'ibkr-oauth2': oauth2Ways,
  'ibkr-sso': ssoWays,
  'ibkr-session': sessionWays,
  'ultracart-sso': ultraCartWays,
}

export const codeLeaks: readonly Check[] = Object.entries(WAYS).map(([name, ways]) => ({
  name: `no secret shows: any code of ${name}`,
  run: () => expectNoLeaks(ways),
}))
