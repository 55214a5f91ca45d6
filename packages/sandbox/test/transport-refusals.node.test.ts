/** What a server refuses before anything of a request is judged comes in the form of the service that was asked. */
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await createSandbox({ credentials: testCredentials, requireContentLength: true })
})

const LONG = 'x'.repeat(20_000)
const sized = { 'content-length': '1' }

const mistakes: readonly (readonly [
  status: number,
  text: string,
  change: (path: string) => readonly [path: string, headers: Record<string, string>],
])[] = [
  [411, 'Length Required', (path) => [path, {}]],
  [413, 'Payload Too Large', (path) => [path, { 'content-length': '2000000' }]],
  [414, 'URI Too Long', (path) => [`${path}?${LONG}`, sized]],
  [431, 'Request Header Fields Too Large', (path) => [path, { ...sized, 'x-long': LONG }]],
]

async function ask(path: string, change: (typeof mistakes)[number][2], method: string) {
  const [target, headers] = change(path)
  const type = 'application/x-www-form-urlencoded'
  const init = { method, headers: { 'content-type': type, ...headers }, body: 'x=1' }
  return sandbox.fetch(sandbox.origin + target, init)
}

it.each(mistakes)('%i of the broker', async (status, error, change) => {
  // A body is read where a portal form is sent; of the trading API only where a signature held.
  const path = status === 413 ? '/portal' : '/v1/api/tickle'
  const response = await ask(path, change, 'POST')
  expect([response.status, await response.json()]).toEqual([status, { error, statusCode: status }])
})

it.each(mistakes)('%i of the token endpoint is a problem detail', async (status, title, change) => {
  const response = await ask('/oauth2/api/v1/token', change, 'POST')
  expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([
    status,
    'application/problem+json',
    { type: '/simple', title, status },
  ])
})

it.each(mistakes)('%i of UltraCart is in its form', async (status, message, change) => {
  const { simpleKey } = sandbox.credentials.ultracart
  const { fetch, origin } = sandbox
  const [target, headers] = change('/rest/v2/sso/token')
  const response = await fetch(origin + target, {
    method: 'PUT',
    headers: {
      'x-ultracart-simple-key': simpleKey,
      'x-ultracart-api-version': '2017-03-01',
      'content-type': 'application/json',
      ...headers,
    },
    body: '{}',
  })
  expect([response.status, await response.json()]).toEqual([
    status,
    { error: { developer_message: message, user_message: message }, metadata: {} },
  ])
  expect(response.headers.get('uc-rest-error')).toBe(message)
  expect(response.headers.get('x-ultracart-request-id')).toMatch(/^[0-9A-F]{16}$/)
})

it('a form of too many fields, and a body that turns out too large, too', async () => {
  for (const body of ['x=1&'.repeat(1001), 'x'.repeat(1_048_577)]) {
    const headers = { ...sized, 'content-type': 'application/x-www-form-urlencoded' }
    const url = `${sandbox.origin}/oauth2/api/v1/token`
    const response = await sandbox.fetch(url, { method: 'POST', headers, body })
    expect(await response.json()).toEqual({
      type: '/simple',
      title: 'Payload Too Large',
      status: 413,
    })
  }
})

it.each([
  ['[', 5000, 400],
  ['[', 5001, 413],
  ['{"a":', 5001, 413],
])('a body of %s, %i levels deep: %i', async (opening, count, status) => {
  const body = opening.repeat(count)
  const headers = { 'content-type': 'application/json', 'content-length': `${body.length}` }
  const init = { method: 'POST', headers, body }
  expect((await sandbox.fetch(`${sandbox.origin}/__sandbox/faults`, init)).status).toBe(status)
})
