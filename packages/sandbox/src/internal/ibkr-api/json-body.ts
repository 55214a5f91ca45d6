/** JSON bodies of the trading API. */
import type { Call } from '../call.ts'

/** The body as JSON; `undefined` when it is none, or is not said to be any. */
export async function readJson(call: Call): Promise<unknown> {
  const type = call.request.headers.get('content-type') ?? ''
  if (!/^application\/json\b/i.test(type)) return undefined
  try {
    return JSON.parse(await call.body())
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
