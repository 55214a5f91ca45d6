/** JSON bodies of the trading API. */
import type { Call } from '../call.ts'
import { mediaTypeOf } from '../request-body.ts'
import { refuse } from './answers.ts'

/** The body as JSON; ends the request when it is none, or is not said to be any. */
export async function readJson(call: Call): Promise<unknown> {
  const body = await call.body()
  try {
    if (mediaTypeOf(call) === 'application/json') return JSON.parse(body)
  } catch {
    // As if it had another type.
  }
  refuse(call, 'body', 400, 'Bad Request: JSON body expected')
}
