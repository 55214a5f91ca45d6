/** `ssodh/init` and `auth/status`: how the brokerage session is opened, and how it stands. */
import { type Call, check, jsonResponse } from '../call.ts'
import { refuse } from './answers.ts'
import type { ApiContext } from './api-context.ts'
import { readJson } from './json-body.ts'

export async function initialise(call: Call, { broker, signIn }: ApiContext): Promise<Response> {
  const { sessions, states } = broker
  const barring = (['gone', 'sso-dh-failure'] as const).find((state) =>
    states.find(state, signIn.username, call.now),
  )
  check(call, barring === undefined, {
    name: 'state',
    detail: barring ?? 'none that refuses every init',
    refuse: barring === 'gone' ? () => new Response('gone', { status: 410 }) : noToken,
  })
  const options = await initOptions(call)
  if (!options) refuse(call, 400, 'Bad Request: JSON body or query expected', { name: 'body' })
  // Seen with the broker: anything but publish=true is answered with a bare 500.
  check(call, options['publish'] === true, {
    name: 'publish',
    detail: 'publish has to be true',
    refuse: noToken,
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

/** As users saw it, without a `statusCode`. */
const noToken = () => jsonResponse({ error: 'failed to generate sso dh token' }, 500)

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
