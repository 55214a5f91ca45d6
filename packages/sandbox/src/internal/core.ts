/** The sandbox's core: one request in, one answer or a reset out. */
import { Hono } from 'hono'
import { countRequest, createCounts, type SandboxCounts } from '../counts.ts'
import { createSandboxCredentials, givenParts, type SandboxCredentials } from '../credentials.ts'
import { FaultPlan, type FaultRule } from '../faults.ts'
import { mountIbkrApi } from '../ibkr-api/routes.ts'
import type { IbkrOAuth1ThirdPartyCredentials } from '../ibkr-oauth1/credentials.ts'
import { createIbkrOAuth1Service } from '../ibkr-oauth1/service.ts'
import { createIbkrOAuth2Service } from '../ibkr-oauth2/service.ts'
import { createIbkrSsoService } from '../ibkr-sso/service.ts'
import type { CheckedOptions } from '../options.ts'
import type { RequestRecord } from '../request-record.ts'
import { faultAnswer } from '../ultracart/answers.ts'
import { receivedQuery } from '../ultracart/received.ts'
import { isUltraCartPage, isUltraCartPath } from '../ultracart/routes.ts'
import { createUltraCartService, type UltraCartService } from '../ultracart/service.ts'
import { type Call, Refusal, type SandboxEnv } from './call.ts'
import { answerControl, isControlPath } from './control.ts'
import { corsHeaders, preflight } from './cors.ts'
import { brokerRefusal, playFault, type Reset } from './play-fault.ts'
import { checkTransport, readBody } from './transport.ts'
import { welcome } from './welcome-page.ts'

export interface Core {
  readonly options: CheckedOptions
  readonly credentials: SandboxCredentials
  readonly thirdParty: IbkrOAuth1ThirdPartyCredentials
  readonly ultracart: UltraCartService
  readonly records: RequestRecord[]
  readonly counts: SandboxCounts
  readonly faults: FaultPlan
  /** `target` is path and query as they stood on the wire; `address` is the other end of a socket. */
  handle(request: Request, target: string, address?: string): Promise<Response | Reset>
}

export async function createCore(options: CheckedOptions): Promise<Core> {
  const counts = createCounts()
  const given = options.credentials && givenParts(options.credentials)
  const [oauth1, oauth2] = await Promise.all([
    createIbkrOAuth1Service({ ...options, counts, credentials: given?.oauth1 }),
    given && !given.oauth2
      ? undefined
      : createIbkrOAuth2Service({ ...options, counts, credentials: given?.oauth2 }),
  ])
  const sso =
    oauth2 && createIbkrSsoService({ ...options, counts, credentials: oauth2.credentials })
  const ultracart = createUltraCartService({
    ...options,
    counts,
    credentials: options.credentials?.ultracart,
  })
  const app = createApp()
  oauth1.mount(app)
  oauth2?.mount(app, sso?.rows ?? [])
  sso?.mount(app)
  ultracart.mount(app)
  const { establishedAfterMs } = options
  const api = { establishedAfterMs, sessions: new Map() }
  mountIbkrApi(app, api, { oauth1: oauth1.authenticate, sso: sso?.authenticate })
  const core: Core = {
    options,
    credentials: createSandboxCredentials(
      options.origin,
      oauth1.credentials,
      oauth2?.credentials,
      ultracart.credentials,
    ),
    thirdParty: oauth1.thirdParty,
    ultracart,
    records: [],
    counts,
    faults: new FaultPlan(),
    handle: (request, target, address) => handle(core, app, request, target, address),
  }
  return core
}

function createApp(): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.get('/', () => welcome())
  app.notFound(() => new Response('Not Found', { status: 404 }))
  app.onError((error, { env }) => {
    if (!(error instanceof Refusal)) throw error
    env.call.record.refused = error.message
    return error.response
  })
  return app
}

async function handle(
  core: Core,
  app: Hono<SandboxEnv>,
  request: Request,
  target: string,
  address: string | undefined,
): Promise<Response | Reset> {
  const { path, query } = splitTarget(target)
  if (isControlPath(path)) return answerControl(core, request, path)
  const cors = core.options.cors && !isPage(path)
  if (cors && request.method === 'OPTIONS') return preflight(request)
  const { skewMs, rule } = core.faults.take(path)
  const now = core.options.now() + skewMs
  const record = createRecord(core, request.method, path, query, now)
  if (rule || skewMs !== 0) {
    record.fault = rule?.kind ?? 'clock-skew'
    core.counts.faults++
  }
  const answer = () => judge(core, app, request, { path, query, now, record, address, rule })
  const refuse = (status: number) =>
    isUltraCartPath(path) ? faultAnswer(record, status) : brokerRefusal(path, status)
  const result = await core.ultracart.receive(request, record, async () =>
    rule ? playFault(rule, request.signal, answer, refuse) : answer(),
  )
  if (result === 'reset') return 'reset'
  record.status = result.status
  if (record.refused !== null) core.counts.refused++
  return finish(result, now, cors)
}

async function judge(
  core: Core,
  app: Hono<SandboxEnv>,
  request: Request,
  parts: {
    readonly path: string
    readonly query: string | undefined
    readonly now: number
    readonly record: RequestRecord
    readonly address: string | undefined
    readonly rule: FaultRule | undefined
  },
): Promise<Response> {
  let body: Promise<string> | undefined
  const call: Call = {
    request,
    path: parts.path,
    query: parts.query,
    now: parts.now,
    record: parts.record,
    address: parts.address,
    tokenFault: parts.rule,
    body: () => {
      body ??= readBody(request)
      return body
    },
  }
  try {
    checkTransport(call, core.options)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    parts.record.refused = error.message
    return error.response
  }
  return app.fetch(request, { call })
}

function createRecord(
  { records, counts, options }: Core,
  method: string,
  path: string,
  query: string | undefined,
  now: number,
): RequestRecord {
  countRequest(counts, path)
  const record: RequestRecord = {
    id: counts.requests,
    time: new Date(now).toISOString(),
    method,
    path,
    query: recordedQuery(path, query),
    status: null,
    service: null,
    parameterTransport: null,
    querySigning: null,
    encoder: null,
    signedOrigin: null,
    checks: [],
    refused: null,
    fault: null,
  }
  records.push(record)
  if (records.length > options.maxRecords) records.shift()
  return record
}

/** Adds what every answer carries: the sandbox's clock, and CORS where it is on. */
function finish(response: Response, now: number, cors: boolean): Response {
  const headers = new Headers(response.headers)
  if (!headers.has('date')) headers.set('date', new Date(now).toUTCString())
  headers.set('x-isoauth-sandbox', 'SANDBOX')
  if (cors) for (const [name, text] of corsHeaders()) headers.set(name, text)
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  })
}

/** Pages for people carry one-time form tokens, which no other site may read. */
function isPage(path: string): boolean {
  return /^\/(?:portal|authorize|callback|sso\/resolver)?$/.test(path) || isUltraCartPage(path)
}

/** The query for the record; UltraCart's holds codes and states, and so only names and lengths. */
function recordedQuery(path: string, query: string | undefined): string | null {
  if (!query) return query ?? null
  return isUltraCartPath(path) || isUltraCartPage(path) ? receivedQuery(query) : query
}

function splitTarget(target: string): { path: string; query: string | undefined } {
  const at = target.indexOf('?')
  if (at < 0) return { path: target, query: undefined }
  return { path: target.slice(0, at), query: target.slice(at + 1) }
}
