/** JSON bodies of the trading API. */
import type { Call } from '../call.ts'
import { mediaTypeOf } from '../request-body.ts'

/** The body as JSON; `undefined` when it is none, or is not said to be any. */
export async function readJson(call: Call): Promise<unknown> {
  if (mediaTypeOf(call) !== 'application/json') return undefined
  try {
    return JSON.parse(await call.body())
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
