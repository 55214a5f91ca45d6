/** The sandbox's own description: every path and method of it answers as it says. */
import { readFileSync } from 'node:fs'
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
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

const send = (path: string, method: string, body?: object) => {
  const { baseUrl } = client.credentials
  const headers = { 'content-type': 'application/json' }
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
  return client.call(path, init, { now: Date.now(), url: baseUrl + path })
}

/** In an order in which a session is used; `undefined` sends no body. */
const CALLS: readonly (readonly [path: string, method: string, status: number, body?: object])[] = [
  ['/portfolio/accounts', 'GET', 200],
  ['/tickle', 'GET', 200],
  ['/iserver/accounts', 'GET', 400],
  ['/iserver/auth/ssodh/init', 'POST', 200, { publish: true, compete: true }],
  ['/iserver/auth/status', 'GET', 200],
  ['/iserver/auth/status', 'POST', 200],
  ['/iserver/accounts', 'GET', 200],
  ['/tickle', 'POST', 200],
  ['/sso/validate', 'GET', 200],
  ['/logout', 'POST', 200],
]

it('answers as it is described', async () => {
  for (const [path, method, status, body] of CALLS) {
    const response = await send(path, method, body)
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
