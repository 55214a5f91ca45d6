/** The sandbox's core: one request in, one answer or a reset out. */
import { Hono } from 'hono'
import { type Call, clip, Refusal, type SandboxEnv } from './call.ts'
import { answerControl, isControlPath } from './control.ts'
import { corsHeaders, preflight } from './cors.ts'
import { countRequest, createCounts, type SandboxCounts } from './counts.ts'
import { createSandboxCredentials, type SandboxCredentials } from './credentials.ts'
import { refusalOf } from './edge-page.ts'
import { FaultPlan } from './faults.ts'
import { Broker } from './ibkr-api/broker.ts'
import { mountIbkrApi, mountMaintenance } from './ibkr-api/routes.ts'
import { BASE_PATH, FIRST_USER } from './ibkr-api/sign-in.ts'
import { stickyMachine } from './ibkr-api/sticky-machine.ts'
import type { IbkrOAuth1ThirdPartyCredentials } from './ibkr-oauth1/credentials.ts'
import { createIbkrOAuth1Service } from './ibkr-oauth1/service.ts'
import { createIbkrOAuth2Service } from './ibkr-oauth2/service.ts'
import { createIbkrSsoService } from './ibkr-sso/service.ts'
import type { StreamLogin } from './ibkr-stream/stream-login.ts'
import type { SandboxSettings } from './options.ts'
import { OwnAnswers } from './own-answers.ts'
import type { PersonContext } from './person.ts'
import { playFault, type Reset } from './play-fault.ts'
import type { Provisioned } from './provision.ts'
import { readBody } from './request-body.ts'
import { checkRequestHead } from './request-head.ts'
import type { RequestRecord } from './request-record.ts'
import { isUltraCartPage, isUltraCartPath } from './ultracart/paths.ts'
import { receivedQuery } from './ultracart/received.ts'
import { createUltraCartService, type UltraCartService } from './ultracart/service.ts'
import { mountWelcome } from './welcome-page.ts'

/** How much of path and query a record keeps, in characters. */
const RECORDED_LIMIT = 4096

export interface Core {
  readonly settings: SandboxSettings
  readonly credentials: SandboxCredentials
  readonly thirdParty: IbkrOAuth1ThirdPartyCredentials
  readonly ultracart: UltraCartService
  readonly records: RequestRecord[]
  readonly counts: SandboxCounts
  /** How many of the requests that `counts` has are over, with whatever they changed. */
  ended: number
  readonly faults: FaultPlan
  readonly ownAnswers: OwnAnswers
  readonly broker: Broker
  /** What outlives a restart, by name. */
  readonly kept: Readonly<Record<string, Map<string, unknown>>>
  /** Where people decide. */
  readonly people: Pick<PersonContext, 'oauth1' | 'sso' | 'ultracart'>
  /** `target` is path and query as they stood on the wire; `address` is the other end of a socket. */
  handle(request: Request, target: string, address?: string): Promise<Response | Reset>
  /** The same for the upgrade of a socket: its login, or what is answered instead. */
  connect(
    request: Request,
    target: string,
    address?: string,
  ): Promise<StreamLogin | Response | Reset>
}

export function createCore(settings: SandboxSettings, provisioned: Provisioned): Core {
  const counts = createCounts()
  const { oauth2: second } = provisioned
  const oauth1 = createIbkrOAuth1Service({
    ...settings,
    counts,
    provisioned: provisioned.oauth1,
    nextServerExponents: [...settings.nextServerExponents],
  })
  const oauth2 = second && createIbkrOAuth2Service({ ...settings, counts, provisioned: second })
  const sso =
    oauth2 && createIbkrSsoService({ ...settings, counts, credentials: oauth2.credentials })
  const ultracart = createUltraCartService({
    ...settings,
    counts,
    provisioned: provisioned.ultracart,
  })
  const broker = new Broker({
    ...settings,
    counts,
    usernameOf: (token) =>
      oauth1.authenticate.usernameOf(token) ?? sso?.authenticate.usernameOf(token),
    people: [FIRST_USER, ...(sso?.people ?? settings.users)],
  })
  const app = createApp(settings.origin)
  mountMaintenance(app, broker)
  oauth1.mount(app)
  oauth2?.mount(app, sso?.rows ?? [])
  sso?.mount(app)
  ultracart.mount(app)
  mountIbkrApi(app, broker, { oauth1: oauth1.authenticate, sso: sso?.authenticate })
  const core: Core = {
    settings,
    credentials: createSandboxCredentials({
      baseUrl: settings.origin,
      oauth1: oauth1.credentials,
      oauth2: oauth2?.credentials,
      ultracart: ultracart.credentials,
    }),
    thirdParty: oauth1.thirdParty,
    people: { oauth1, sso, ultracart },
    kept: { ...oauth1.kept, ...oauth2?.kept, ...sso?.kept, ...ultracart.kept },
    ultracart,
    records: [],
    counts,
    ended: 0,
    faults: new FaultPlan(),
    ownAnswers: new OwnAnswers(),
    broker,
    handle: (request, target, address) =>
      handle(core, app, { request, ...splitTarget(target), address, upgrade: undefined }),
    async connect(request, target, address) {
      const upgrade: { login?: StreamLogin } = {}
      const arrival = { request, ...splitTarget(target), address, upgrade }
      const result = await handle(core, app, arrival)
      if (!(result instanceof Response) || !isGranted({ upgrade }, result)) return result
      return upgrade.login ?? result
    },
  }
  broker.begin(settings.brokerEvents)
  return core
}

/** A request as it came in. */
interface Arrival {
  readonly request: Request
  /** Path and query as they stood on the wire. */
  readonly path: string
  readonly query: string | undefined
  /** The other end of the socket. */
  readonly address: string | undefined
  /** Where the login of a socket goes. */
  readonly upgrade: Call['upgrade']
}

function createApp(origin: string): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  mountWelcome(app, origin)
  app.notFound(({ env }) => {
    env.call.record.refused = 'path: Resource not found'
    return new Response('Not Found', { status: 404 })
  })
  app.onError((error, { env }) => refused(env.call.record, error))
  return app
}

async function handle(
  core: Core,
  app: Hono<SandboxEnv>,
  arrival: Arrival,
): Promise<Response | Reset> {
  const { request, path } = arrival
  const { settings, counts, faults, records, broker } = core
  if (isControlPath(path)) {
    return answerControl(
      { origin: settings.origin, records, counts, faults, broker },
      request,
      path,
    )
  }
  const cors = settings.cors && !isPage(path)
  if (cors && request.method === 'OPTIONS') return preflight(request)
  const { skewMs, rule } = faults.take(path)
  const now = settings.now() + skewMs
  const record = createRecord(core, arrival, now)
  if (rule || skewMs !== 0) {
    record.fault = rule?.kind ?? 'clock-skew'
    counts.faults++
  }
  const machine = settings.stickyCookie && isTradingApi(path) ? stickyMachine(request) : undefined
  const call = createCall(arrival, {
    ...{ now, record, ownAnswers: core.ownAnswers },
    ...{ tokenFault: rule, machine: machine?.name },
  })
  const answer = () => judge(app, call, settings)
  const refuse = (status: number) => refusalOf(record, status)
  const pass = isTradingApi(path) ? broker.pace(call) : () => {}
  if (typeof pass === 'string') return finish(paced(core, record, pass), now, cors)
  const result = await core.ultracart
    .receive(request, record, async () =>
      rule ? playFault(rule, { signal: request.signal, answer, refuse }) : answer(),
    )
    .finally(() => {
      core.ended++
      pass()
    })
  if (result === 'reset') return 'reset'
  record.status = isGranted(call, result) ? 101 : result.status
  if (record.refused !== null) counts.refused++
  const response = finish(result, now, cors)
  if (machine?.setCookie !== undefined) response.headers.append('set-cookie', machine.setCookie)
  return response
}

function isTradingApi(path: string): boolean {
  return path.startsWith(`${BASE_PATH}/`)
}

/** The answer to a request that came too early, which is not even looked at. */
function paced({ counts }: Core, record: RequestRecord, reason: string): Response {
  record.status = 429
  record.refused = `pacing: ${reason}`
  counts.paced++
  counts.refused++
  return refusalOf(record, 429)
}

function createCall(
  { request, path, query, address, upgrade }: Arrival,
  rest: Pick<Call, 'now' | 'record' | 'ownAnswers' | 'tokenFault' | 'machine'>,
): Call {
  let body: Promise<string> | undefined
  return {
    ...rest,
    request,
    path,
    query,
    address,
    upgrade,
    body: () => {
      body ??= readBody(request)
      return body
    },
  }
}

async function judge(
  app: Hono<SandboxEnv>,
  call: Call,
  settings: SandboxSettings,
): Promise<Response> {
  try {
    checkRequestHead(call, settings)
  } catch (error) {
    return refused(call.record, error)
  }
  return app.fetch(call.request, { call })
}

/** The answer of a refusal, whose reason is kept; anything else is a mistake of the sandbox. */
function refused(record: RequestRecord, error: unknown): Response {
  if (!(error instanceof Refusal)) throw error
  record.refused = error.message
  const { response } = error
  return typeof response === 'number' ? refusalOf(record, response) : response
}

function createRecord(
  { records, counts, settings }: Core,
  { request, path, query }: Arrival,
  now: number,
): RequestRecord {
  countRequest(counts, { path, method: request.method })
  const record: RequestRecord = {
    id: counts.requests,
    time: new Date(now).toISOString(),
    method: request.method,
    path: clip(path, RECORDED_LIMIT),
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
    responded: false,
  }
  records.push(record)
  if (records.length > settings.maxRecords) records.shift()
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

/** True for a socket that was let in, and no fault answers in its place. */
function isGranted({ upgrade }: Pick<Call, 'upgrade'>, { status }: Response): boolean {
  return upgrade?.login !== undefined && status === 204
}

/** Pages for people carry one-time form tokens, which no other site may read. */
function isPage(path: string): boolean {
  return /^\/(?:portal|authorize|callback|sso\/resolver)?$/.test(path) || isUltraCartPage(path)
}

/** A socket is signed in by what stands in its address. */
const TOKENS = /((?:^|&)(?:oauth_token|sessionToken)=)[^&]*/g

/** The query for the record, its tokens hidden; UltraCart's holds codes and states, and so only names and lengths. */
function recordedQuery(path: string, query: string | undefined): string | null {
  if (!query) return query ?? null
  const short = clip(query, RECORDED_LIMIT)
  return isUltraCartPath(path) || isUltraCartPage(path)
    ? receivedQuery(short)
    : short.replace(TOKENS, '$1[hidden]')
}

function splitTarget(target: string): { path: string; query: string | undefined } {
  const at = target.indexOf('?')
  if (at < 0) return { path: target, query: undefined }
  return { path: target.slice(0, at), query: target.slice(at + 1) }
}
