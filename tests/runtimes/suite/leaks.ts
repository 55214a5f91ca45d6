/**
 * No secret in what a program can print: every client, token, session and error, by what this runtime's own
 * `console.log` would show. The services repeat all that was sent, which is the worst they can do.
 */
import { createIbkrOAuth1, type IbkrOAuth1Options } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { type Check, failure } from './check.ts'
import { everythingOf } from './everything-of.ts'
import { firm, firstParty, ORIGIN, startSandbox, user } from './sandboxes.ts'

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** Whether answers come from the sandbox, or what comes in their place. */
type Fault = number | 'page' | 'exception' | undefined

/** Those after which no client waits and tries again: the packages' own tests have the others. */
const FAULTS: readonly Fault[] = [400, 401, 403, 404, 410, 'page']
const SCOPE = ['echo.read', 'echo.write', 'sso-sessions.write', 'sso-browser-sessions.write']

export const leaks: readonly Check[] = [
  {
    name: 'no secret shows: OAuth 1.0a, signed in and refused',
    async run() {
      const { wire, now } = await start()
      const options = { ...firstParty(ORIGIN), now, fetch: wire.fetch } as IbkrOAuth1Options
      const client = createIbkrOAuth1(options)
      const token = await client.liveSessionToken()
      const answer = await client.fetch('/portfolio/accounts')
      await answer.text()
      const session = createBrokerageSession({ connection: client, now })
      const shown: unknown[] = [client, token, session, session.health()]
      for (const fault of [...FAULTS, 'exception'] as const) {
        wire.fault = fault
        shown.push(await failure(() => createIbkrOAuth1(options).liveSessionToken()))
        shown.push(await failure(() => session.open({ compete: false, signal: soon() })))
      }
      await session.close()
      wire.expectHidden(shown, [
        ...[options.signatureKey, options.encryptionKey].map((pem) => lineOf(String(pem))),
        String(options.accessTokenSecret),
        ...formsOf(token.token),
      ])
    },
  },
  {
    name: 'no secret shows: OAuth 2.0 and SSO, signed in and refused',
    async run() {
      const { wire, now } = await start()
      const options = { ...firm(ORIGIN), scope: SCOPE, now, fetch: wire.fetch }
      const client = createIbkrOAuth2(options)
      const sso = createIbkrSso({ oauth2: client, baseUrl: ORIGIN, fetch: wire.fetch, now })
      const token = await client.accessToken()
      const session = await sso.createSession(user)
      await (await session.fetch('/portfolio/accounts')).text()
      const shown: unknown[] = [client, token, sso, session]
      for (const fault of FAULTS) {
        wire.fault = fault
        shown.push(await failure(() => createIbkrOAuth2(options).accessToken()))
        shown.push(await failure(() => client.echoSignedJwt()))
        const fresh = createIbkrSso({ oauth2: client, baseUrl: ORIGIN, fetch: wire.fetch, now })
        shown.push(await failure(() => fresh.createSession(user)))
        shown.push(await failure(() => fresh.createBrowserSession(user)))
      }
      wire.expectHidden(shown, [lineOf(options.privateKey), token.value])
    },
  },
  {
    name: 'no secret shows: UltraCart, asked and refused',
    async run() {
      const { sandbox, wire, now } = await start()
      const options = { ...sandbox.credentials.ultracart, allowBrowser: true, now }
      const sso = createUltraCartSso({ ...options, fetch: wire.fetch })
      const { loginUrl, transaction } = await sso.authorize()
      const returned = await sandbox.approve(loginUrl)
      const session = await sso.exchangeCode(await sso.validateCallback(returned, { transaction }))
      await sso.user(session)
      const shown: unknown[] = [sso, session]
      for (const fault of FAULTS) {
        wire.fault = fault
        shown.push(await failure(() => sso.authorize()))
        shown.push(await failure(() => sso.user(session)))
      }
      wire.expectHidden(shown, [options.simpleKey, loginUrl.href])
    },
  },
]

async function start() {
  const { sandbox, now } = await startSandbox()
  return { sandbox, now, wire: tap(sandbox.fetch) }
}

/** Waits that follow a refusal are not what is looked at. */
function soon(): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('no time left')), 50)
  return controller.signal
}

/** A line in the middle of a key file. */
function lineOf(pem: string): string {
  return pem.split('\n')[5] ?? pem
}

/** Bytes as they could be printed. */
function formsOf(bytes: Uint8Array): string[] {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex, btoa(String.fromCharCode(...bytes)), [...bytes].join(', '), [...bytes].join(',')]
}

/** Standard words of the protocols, which are as long as secrets. */
const PUBLIC = /^(client_credentials|urn:.*|HMAC-SHA\d+|RSA-SHA256|https?:.*)$/
/** Below that length a value is a name or a time. */
const SHORTEST = 16

/** A transport that notes every secret which passes, and spoils answers on demand. */
function tap(send: Fetch) {
  const secrets = new Set<string>()
  const note = (value: string | null | undefined) => {
    if (
      value &&
      value.length >= SHORTEST &&
      !PUBLIC.test(value) &&
      !SCOPE.join(' ').includes(value)
    ) {
      secrets.add(value)
    }
  }
  const wire = {
    fault: undefined as Fault,
    fetch: (async (input, init) => {
      const request = new Request(input, init as RequestInit)
      const authorization = request.headers.get('authorization') ?? ''
      const body = await request.clone().text()
      for (const value of sentIn(authorization, body)) note(value)
      const { fault } = wire
      if (fault === 'exception') {
        const details = { config: { headers: { authorization }, body } }
        throw Object.assign(new Error(`failed: ${authorization} ${body}`), details)
      }
      if (fault !== undefined) return echo(fault, `${authorization} ${body}`)
      const response = await send(request)
      for (const value of await givenIn(response)) note(value)
      return response
    }) as Fetch,
    expectHidden(shown: readonly unknown[], others: readonly string[]): void {
      for (const secret of others) note(secret)
      if (secrets.size < 2) throw new Error(`only ${secrets.size} secrets passed`)
      for (const value of shown) {
        const text = everythingOf(value)
        const told = [...secrets].find((secret) => text.includes(secret))
        if (told === undefined) continue
        throw new Error(`${String(value).slice(0, 60)} shows a secret of ${told.length} characters`)
      }
    },
  }
  return wire
}

function* sentIn(authorization: string, body: string): Generator<string> {
  yield authorization.replace(/^Bearer /, '')
  for (const [, value = ''] of authorization.matchAll(/="([^"]+)"/g))
    yield decodeURIComponent(value)
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(body)) yield* body.split('.')
  for (const [, value] of new URLSearchParams(body)) {
    yield value
    if (value.split('.').length === 3) yield* value.split('.')
  }
}

async function givenIn(response: Response): Promise<string[]> {
  const text = await response.clone().text()
  try {
    const fields = JSON.parse(text) as Record<string, unknown>
    const names = /token|key|code|secret|signature/i
    return Object.entries(fields).flatMap(([name, value]) =>
      names.test(name) && typeof value === 'string' ? [value] : [],
    )
  } catch {
    return []
  }
}

/** An answer that repeats all that was sent, in every place where a service says something. */
function echo(fault: number | 'page', sent: string): Response {
  if (fault === 'page') return new Response(`<html>${sent}</html>`, { status: 200 })
  const problem = { error: sent, error_description: sent, title: sent, detail: sent, message: sent }
  return new Response(
    JSON.stringify({ ...problem, invalidArguments: [{ field: sent, reason: sent }] }),
    {
      status: fault,
      headers: { 'content-type': 'application/json', 'x-request-id': sent.slice(-60).trim() },
    },
  )
}
