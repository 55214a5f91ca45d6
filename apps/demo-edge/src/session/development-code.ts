/**
 * Sign-in for a loopback upstream: the code that was printed where the edge was started. Whoever
 * has it sits at this machine; it says nothing about who they are.
 */
import { timingSafeEqual, utf8ToBytes } from '@isoauth/core-crypto'
import { refusal } from '../errors.ts'
import { readJson } from '../request-body.ts'
import type { DevelopmentSettings } from '../settings.ts'
import type { CheckPerson } from './identity-token.ts'

export function createDevelopmentCodeCheck({ code }: DevelopmentSettings): CheckPerson {
  return async (request) => {
    const { code: given } = Object(await readJson(request)) as { code?: unknown }
    // Digests are of one length, so that not even the code's length shows.
    const [ours, theirs] = await Promise.all([digest(code), digest(String(given))])
    if (typeof given !== 'string' || !timingSafeEqual(ours, theirs)) {
      const message = 'This is not the code that was printed at the start.'
      throw refusal('EDGE_SIGN_IN_REFUSED', 403, message)
    }
    return { subject: 'development', name: 'whoever started the demo' }
  }
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', utf8ToBytes(text)))
}
