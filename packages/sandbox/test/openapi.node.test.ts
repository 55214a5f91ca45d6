/** The sandbox's own description: every path and method of it answers as it says. */
import { readFileSync } from 'node:fs'
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { RESOURCES } from '../src/internal/ibkr-api/resources.ts'
import { TestClient } from './signer.ts'

interface Described {
  readonly $ref?: string
  readonly content?: Record<string, { readonly schema: object }>
}

interface Description {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, Described> }>>
  readonly components: { readonly responses: Record<string, Described> }
}

const text = readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')
const description: Description = JSON.parse(text)
const ajv = new Ajv2020({ strict: false, allErrors: true })
ajv.addSchema({ $id: 'description', ...description })

let sandbox: Sandbox
let client: TestClient

beforeAll(async () => {
  sandbox = await createSandbox({ credentials: testCredentials })
  client = new TestClient(sandbox.credentials.ibkr.oauth1, sandbox.fetch)
  await client.handshake({ now: Date.now() })
})

/** What is wrong with an answer, by the description. */
async function problems(path: string, method: string, response: Response): Promise<string[]> {
  const found = description.paths[path]?.[method.toLowerCase()]?.responses[response.status]
  const name = found?.$ref?.replace('#/components/responses/', '')
  const described = name === undefined ? found : description.components.responses[name]
  const schema = described?.content?.['application/json']?.schema
  if (schema === undefined) return [`${method} ${path} ${response.status} is not described`]
  const absolute = JSON.stringify(schema).replaceAll('"#/components', '"description#/components')
  const validate = ajv.compile(JSON.parse(absolute))
  if (validate(await response.json())) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

const send = (path: string, method: string, body?: object, query = '') => {
  const { baseUrl } = client.credentials
  const headers = { 'content-type': 'application/json' }
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
  return client.call(path + query, init, { now: Date.now(), url: baseUrl + path })
}

const INIT = { publish: true, compete: true }
const LIMIT = { conid: 265598, side: 'BUY', orderType: 'LMT', price: 12, quantity: 3, tif: 'DAY' }
/** The order that a question is asked about. */
const ASKED = [LIMIT]
const PLACE = '/iserver/account/{accountId}/orders'
const ORDER = '/iserver/account/{accountId}/order/{orderId}'
const HISTORY = '/iserver/marketdata/history'

/** In an order in which a session is used; `undefined` sends no body, and `query` is not signed. */
const CALLS: readonly (readonly [
  path: string,
  method: string,
  status: number,
  body?: object | undefined,
  query?: string,
])[] = [
  ['/portfolio/accounts', 'GET', 200],
  ['/tickle', 'GET', 200],
  ['/iserver/accounts', 'GET', 400],
  ['/iserver/auth/ssodh/init', 'POST', 500, { ...INIT, publish: false }],
  ['/iserver/auth/ssodh/init', 'POST', 200, INIT],
  ['/iserver/auth/status', 'GET', 200],
  ['/iserver/auth/status', 'POST', 200],
  [HISTORY, 'GET', 500, undefined, '?conid=265598&period=1d'],
  ['/iserver/accounts', 'GET', 200],
  ['/iserver/account', 'POST', 200, { acctId: 'DU1234567' }],
  ['/iserver/account', 'POST', 400, {}],
  [HISTORY, 'GET', 200, undefined, '?conid=265598&period=1d'],
  [HISTORY, 'GET', 400],
  [PLACE, 'POST', 200, { orders: [{ ...LIMIT, cOID: 'mine' }] }],
  [PLACE, 'POST', 200, { orders: [{ ...LIMIT, quantity: 0 }] }],
  [ORDER, 'POST', 200, { ...LIMIT, price: 13 }],
  [ORDER, 'DELETE', 200],
  [ORDER, 'DELETE', 200],
  [PLACE, 'POST', 200, { orders: [{ ...LIMIT, orderType: 'MKT' }] }],
  ['/iserver/account/orders', 'GET', 200, undefined, '?filters=filled'],
  ['/iserver/account/orders', 'GET', 200],
  ['/iserver/account/trades', 'GET', 200],
  ['/iserver/questions/suppress', 'POST', 200, { messageIds: ['o163'] }],
  ['/iserver/questions/suppress/reset', 'POST', 200],
  [PLACE, 'POST', 200, { orders: ASKED }],
  ['/iserver/reply/{replyId}', 'POST', 200, { confirmed: true }],
  ['/tickle', 'POST', 200],
  ['/sso/validate', 'GET', 200],
  ['/logout', 'POST', 200],
]

it('has every resource, with its methods', () => {
  const described = Object.entries(description.paths).map(([path, methods]) => [
    path,
    ...Object.keys(methods).sort(),
  ])
  const served = new Map<string, string[]>()
  for (const { path, methods } of RESOURCES) {
    if (path === '/sandbox/echo') continue
    const lower = methods.map((method) => method.toLowerCase())
    served.set(path, [...(served.get(path) ?? []), ...lower].sort())
  }
  expect(described.sort()).toEqual([...served].map(([path, methods]) => [path, ...methods]).sort())
})

it('answers as it is described', async () => {
  let replyId = ''
  for (const [path, method, status, body, query = ''] of CALLS) {
    const orderId = sandbox.broker.orders.at(-1)?.orderId
    if (body !== undefined && 'orders' in body && body.orders === ASKED) {
      sandbox.broker.play({ kind: 'question', messageIds: ['o163'] })
    }
    const filled = path
      .replace('{accountId}', 'DU1234567')
      .replace('{orderId}', `${orderId}`)
      .replace('{replyId}', replyId)
    const response = await send(filled, method, body, query)
    if (path === PLACE) {
      const [question] = [await response.clone().json()].flat()
      replyId = question.id ?? ''
    }
    const seen = [`${method} ${path}`, response.status, await problems(path, method, response)]
    expect(seen).toEqual([`${method} ${path}`, status, []])
  }
})

it('refuses as it is described', async () => {
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [path, method.toUpperCase()] as const),
  )
  const called = new Set(CALLS.map(([path, method]) => `${method} ${path}`))
  expect(operations.map(([path, method]) => `${method} ${path}`).sort()).toEqual([...called].sort())
  for (const [path, method] of operations) {
    const response = await sandbox.fetch(client.credentials.baseUrl + path, {
      method,
      headers: { authorization: 'Bearer nonsense', 'user-agent': 'tests' },
    })
    expect([path, response.status, await problems(path, method, response)]).toEqual([path, 401, []])
  }
})
