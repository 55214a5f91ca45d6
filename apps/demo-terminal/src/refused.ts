/** Steps that succeed when something is refused, with the right code. */
import { hasCode } from '@isoauth/core-crypto'
import type { IbkrOAuth1ErrorCode } from '@isoauth/ibkr-oauth1'
import type { UltraCartSsoErrorCode } from '@isoauth/ultracart-sso'
import { DemoError } from './errors.ts'

/** Runs what has to fail with the code; gives the code and the message. */
export async function refused(
  code: IbkrOAuth1ErrorCode | UltraCartSsoErrorCode,
  work: () => Promise<unknown>,
): Promise<string> {
  try {
    await work()
  } catch (error) {
    if (hasCode(error, code)) return `${code}. ${error.message}`
    throw error
  }
  throw new DemoError('This had to be refused, and was accepted.', { code: 'DEMO_NOT_REFUSED' })
}
