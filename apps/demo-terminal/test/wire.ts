/** Listens on the wire: every value in requests and answers that nobody else may see. */
import { vi } from 'vitest'

export interface Wire {
  readonly origins: ReadonlySet<string>
  /** `METHOD path`, in order. */
  readonly requests: readonly string[]
  readonly secrets: ReadonlySet<string>
  /** Names under which secrets travelled. */
  readonly names: ReadonlySet<string>
  readonly stop: () => void
}

/** What travels and is no secret: names, addresses, the sandbox's fixed data. */
const PUBLIC = /^(?:oauth_(?:consumer_key|signature_method|callback|timestamp)|realm)$/
const SECRET_FIELD =
  /^(?:oauth_\w+|form_token|diffie_hellman_\w+|live_session_token_signature|session|client_assertion|access_token|SID|url|state|code|id|(?:x-ultracart-)?simple[_-]key)$/

export function listen(): Wire {
  const origins = new Set<string>()
  const requests: string[] = []
  const secrets = new Set<string>()
  const names = new Set<string>()
  const real = globalThis.fetch
  const keep = (name: string, value: unknown) => {
    if (typeof value !== 'string' || PUBLIC.test(name) || !SECRET_FIELD.test(name)) return
    names.add(name)
    secrets.add(value)
    secrets.add(decodeURIComponent(value))
  }
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    origins.add(url.origin)
    requests.push(`${request.method} ${url.pathname}`)
    for (const [name, value] of url.searchParams) keep(name, value)
    for (const [name, value] of request.headers) keep(name, value)
    const header = request.headers.get('authorization') ?? ''
    for (const [, name = '', value] of header.matchAll(/(\w+)="([^"]*)"/g)) keep(name, value)
    const [, bearer] = header.match(/^Bearer (.+)$/) ?? []
    keep('access_token', bearer)
    const body = await request.clone().text()
    if (request.headers.get('content-type') === 'application/jwt') keep('client_assertion', body)
    else readText(body, keep)
    const response = await real(request)
    const location = response.headers.get('location')
    if (location !== null) {
      for (const [name, value] of new URL(location, url).searchParams) keep(name, value)
    }
    readText(await response.clone().text(), keep)
    return response
  })
  return { origins, requests, secrets, names, stop: () => spy.mockRestore() }
}

function readText(text: string, keep: (name: string, value: unknown) => void): void {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) {
      for (const [name, field] of Object.entries(value)) keep(name, field)
    }
  } catch {
    for (const [name, value] of new URLSearchParams(text)) keep(name, value)
  }
}
