/** `ssodh/init` and `auth/status`: how the brokerage session is opened, and how it stands. */
import { type Call, jsonResponse } from '../call.ts'
import { plainError } from './answers.ts'
import type { ApiContext } from './api-context.ts'
import { readJson } from './json-body.ts'

export async function initialise(call: Call, { broker, signIn }: ApiContext): Promise<Response> {
  const { sessions, states } = broker
  if (states.find('gone', signIn.username, call.now)) return new Response('gone', { status: 410 })
  if (states.find('sso-dh-failure', signIn.username, call.now)) {
    return plainError(500, 'failed to generate sso dh token')
  }
  const options = await initOptions(call)
  if (!options) return plainError(400, 'Bad Request: JSON body or query expected')
  // Seen with the broker: anything but publish=true is answered with a bare 500.
  if (options['publish'] !== true) return plainError(500, 'failed to generate sso dh token')
  if (typeof options['compete'] !== 'boolean') {
    const fail = 'Force compete capability must be used together with compete flag'
    return jsonResponse(sessions.failure(signIn, call.now, fail))
  }
  if (!states.find('fail', signIn.username, call.now)) {
    const { machine } = call
    sessions.open(signIn, call.now, { compete: options['compete'], machine })
  }
  return jsonResponse(sessions.status(signIn, call.now))
}

export function status(call: Call, { broker, signIn }: ApiContext): Response {
  return jsonResponse(broker.sessions.status(signIn, call.now))
}

/** `{publish, compete}` from a JSON body, else from the query. */
async function initOptions(call: Call): Promise<Record<string, unknown> | undefined> {
  if ((await call.body()).trim() !== '') {
    const value = await readJson(call)
    return typeof value === 'object' ? ((value ?? {}) as Record<string, unknown>) : undefined
  }
  const pairs = [...new URLSearchParams(call.query ?? '')]
  return Object.fromEntries(
    pairs.map(([name, value]) => [
      name,
      value === 'true' ? true : value === 'false' ? false : value,
    ]),
  )
}
