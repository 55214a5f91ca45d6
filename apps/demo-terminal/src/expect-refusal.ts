/** What has to be refused: done all the same, and judged by the code of its error. */
import { hasCode } from '@isoauth/core-crypto'
import { DemoError } from './errors.ts'

/** Runs what has to fail with one of the codes; gives the code and the message. */
export async function refused<Code extends string>(
  codes: Code | readonly Code[],
  work: () => Promise<unknown>,
): Promise<string> {
  try {
    await work()
  } catch (error) {
    for (const code of typeof codes === 'string' ? [codes] : codes) {
      if (hasCode(error, code)) return `${code}. ${error.message}`
    }
    throw error
  }
  throw new DemoError('This had to be refused, and was accepted.', { code: 'DEMO_NOT_REFUSED' })
}
