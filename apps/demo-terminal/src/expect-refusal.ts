/** What has to be refused: done all the same, and judged by the code of its error. */
import { hasCode } from '@isoauth/core-crypto'
import { expect } from './authorized-call.ts'
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

/** The same for what has to be refused before it is sent: `sent` tells how much was, `otherwise` what to say then. */
export async function refusedUnsent<Code extends string>(
  codes: Code | readonly Code[],
  work: () => Promise<unknown>,
  { sent, otherwise }: { readonly sent: () => number; readonly otherwise: string },
): Promise<string> {
  const before = sent()
  const refusal = await refused(codes, work)
  expect(sent() === before, otherwise)
  return refusal
}

/** Sends a request, which has to be accepted, and the same once more, which has to be refused. */
export async function refusedAgain<Pending>(
  code: string,
  { request, pending }: { readonly request: Request; readonly pending: Pending },
  process: (response: Response, pending: Pending) => Promise<unknown>,
): Promise<string> {
  const again = request.clone()
  await process(await fetch(request), pending)
  return refused(code, async () => process(await fetch(again), pending))
}

/** What a step tells of it. */
export function provenOnce(detail: string): { readonly proven: string; readonly detail: string } {
  return { proven: 'refused: sent once, accepted; again, not', detail }
}
