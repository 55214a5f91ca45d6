/** A handler over a sandbox, both in this process, and a browser that keeps the cookie. */
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { createHandler, type EdgeLogEntry, type HandlerOptions } from '../src/handler.ts'
import { localVariables } from '../src/local/variables.ts'
import { readSettings } from '../src/settings.ts'

export const ORIGIN = 'http://127.0.0.1:8788'
const SANDBOX_ORIGIN = 'http://127.0.0.1:8787'
export const PAGE = { html: '<!doctype html>', script: '"script"', style: 'html{}', icon: '<svg/>' }

export type Fetch = typeof globalThis.fetch
type Answer = (request: Request) => Promise<Response>

export interface Edge {
  readonly variables: Record<string, string>
  readonly handle: Answer
  readonly log: EdgeLogEntry[]
  readonly time: { now: number }
}

const sandboxes = new Map<string, Promise<Sandbox>>()

/** One sandbox a test file. */
export function sandboxOf(file: string): Promise<Sandbox> {
  const sandbox =
    sandboxes.get(file) ?? createSandbox({ origin: SANDBOX_ORIGIN, credentials: testCredentials })
  sandboxes.set(file, sandbox)
  return sandbox
}

/** Makes a handler; `undefined` takes a variable away. */
export function edge(
  sandbox: Sandbox,
  changes: Readonly<Record<string, string | undefined>> = {},
  options: Partial<HandlerOptions> = {},
): Edge {
  const all = { ...localVariables(sandbox.credentials, ORIGIN), ...changes }
  const entries = Object.entries(all).filter((pair): pair is [string, string] => pair[1] != null)
  const variables = Object.fromEntries(entries)
  const log: EdgeLogEntry[] = []
  const time = { now: Date.now() }
  const handle = createHandler(readSettings(variables), {
    page: PAGE,
    fetch: sandbox.fetch as Fetch,
    log: (entry) => log.push(entry),
    now: () => time.now,
    ...options,
  })
  return { variables, handle, log, time }
}

/** `headers` replace those of the page or, when empty, remove them. */
export type PageInit = Omit<RequestInit, 'headers'> & {
  readonly headers?: Readonly<Record<string, string>>
}

/** A request of the page itself. */
export function pageRequest(path: string, init: PageInit = {}): Request {
  const headers = new Headers({
    'sec-fetch-site': 'same-origin',
    ...(init.method !== undefined && init.method !== 'GET' && { origin: ORIGIN }),
    ...init.headers,
  })
  for (const [name, value] of [...headers]) if (value === '') headers.delete(name)
  return new Request(new URL(path, ORIGIN), { ...init, headers })
}

export function signInRequest(code: unknown, headers: Record<string, string> = {}): Request {
  return pageRequest('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ code }),
  })
}

/** Signs in and gives `name=value` of the cookie. */
export async function signIn({ handle, variables }: Pick<Edge, 'handle' | 'variables'>) {
  const answer = await handle(signInRequest(variables['ISOAUTH_EDGE_DEVELOPMENT_CODE']))
  return cookieOf(answer)
}

export function cookieOf(answer: Response): string {
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}

export async function refusalOf(
  answer: Response | Promise<Response>,
): Promise<{ status: number; code: string | undefined }> {
  const response = await answer
  const body = (await response.json().catch(() => ({}))) as { error?: { code?: string } }
  return { status: response.status, code: body.error?.code }
}
