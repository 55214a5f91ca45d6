/** `ssodh/init` and `auth/status`: how the brokerage session is opened, and how it stands. */
import { type Call, check, jsonResponse } from '../call.ts'
import type { ApiContext } from './api-context.ts'
import { readJson } from './json-body.ts'

export async function initialise(call: Call, { broker, signIn }: ApiContext): Promise<Response> {
  const { sessions, states } = broker
  const options = await initOptions(call)
  const barring = (['gone', 'sso-dh-failure'] as const).find((state) =>
    states.find(state, signIn.username, call.now),
  )
  // Seen with the broker: anything but publish=true is answered with a bare 500.
  check(call, barring === undefined && options['publish'] === true, {
    name: 'init',
    detail: barring ?? 'publish has to be true',
    // As users saw it, without a `statusCode`.
    refuse: () =>
      barring === 'gone'
        ? new Response('gone', { status: 410 })
        : jsonResponse({ error: 'failed to generate sso dh token' }, 500),
  })
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
async function initOptions(call: Call): Promise<Record<string, unknown>> {
  if ((await call.body()).trim() !== '') return Object(await readJson(call))
  const pairs = [...new URLSearchParams(call.query ?? '')]
  return Object.fromEntries(
    pairs.map(([name, value]) => [
      name,
      value === 'true' ? true : value === 'false' ? false : value,
    ]),
  )
}
