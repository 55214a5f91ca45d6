/** Sign-in with UltraCart: the application's server, which keeps the simple key and the person's key. */
import { randomUUID } from 'node:crypto'
import type { Sandbox } from '@isoauth/sandbox'
import {
  createUltraCartSso,
  type UltraCartSession,
  type UltraCartSso,
  type UltraCartTransaction,
} from '@isoauth/ultracart-sso'
import { json, seeOther } from './answers.ts'
import { type Exchange, type RecordedFetch, recordFetch } from './recorded-fetch.ts'
import {
  createTrail,
  fromBrowser,
  fromService,
  type Trail,
  toBrowser,
  toService,
} from './trail-step.ts'

/** What the server keeps of one browser. */
interface Visitor {
  readonly sso: UltraCartSso
  readonly recorded: RecordedFetch
  trail: Trail
  transaction?: UltraCartTransaction | undefined
  startedMs: number
  session?: UltraCartSession | undefined
  name?: string | undefined
}

export interface UltraCartSignOn {
  signIn(request: Request): Promise<Response>
  comeBack(request: Request, callback: string): Promise<Response>
  trail(request: Request): Response
  signOut(request: Request): Promise<Response>
}

const PAGE = '/sign-on'
const COOKIE = 'demo-visitor'
/** Of a demo on one machine; past it the oldest is dropped. */
const VISITOR_LIMIT = 100

export function createUltraCartSignOn(sandbox: Sandbox): UltraCartSignOn {
  const visitors = new Map<string, Visitor>()

  function visitorOf(request: Request): Visitor | undefined {
    const cookies = request.headers.get('cookie') ?? ''
    return visitors.get(new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(cookies)?.[1] ?? '')
  }

  function admit(visitor: Visitor): string {
    const id = randomUUID()
    visitors.set(id, visitor)
    for (const [oldest] of visitors) {
      if (visitors.size <= VISITOR_LIMIT) break
      visitors.delete(oldest)
    }
    // Not "Secure": some browsers keep no such cookie of http://127.0.0.1, where this demo runs.
    return `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax`
  }

  return {
    async signIn() {
      const visitor = createVisitor(sandbox)
      const login = await start(visitor)
      visitor.transaction = login?.transaction
      return seeOther(login?.loginUrl.href ?? PAGE, admit(visitor))
    },

    async comeBack(request, callback) {
      const visitor = visitorOf(request)
      if (visitor === undefined) return seeOther(PAGE)
      // Taken out before it is used, so that it is used once.
      const { transaction } = visitor
      visitor.transaction = undefined
      if (transaction === undefined) return seeOther(PAGE)
      await finish(visitor, transaction, callback)
      // Another name for the session, so that nobody can have planted it.
      for (const [id, known] of visitors) if (known === visitor) visitors.delete(id)
      return seeOther(PAGE, admit(visitor))
    },

    trail(request) {
      const { trail, name } = visitorOf(request) ?? {}
      return json({ steps: trail?.steps ?? [], ...(name !== undefined && { name }) })
    },

    async signOut(request) {
      const visitor = visitorOf(request)
      const session = visitor?.session
      if (visitor && session) {
        // First: also when the service cannot be reached.
        visitor.session = undefined
        visitor.name = undefined
        await revoke(visitor, session)
      }
      return seeOther(PAGE)
    },
  }
}

function createVisitor(sandbox: Sandbox): Visitor {
  const { baseUrl, simpleKey } = sandbox.credentials.ultracart
  const recorded = recordFetch()
  const redirectUri = `${sandbox.origin}/demo/ultracart/return`
  const sso = createUltraCartSso({ baseUrl, simpleKey, redirectUri, fetch: recorded.fetch })
  return { sso, recorded, trail: createTrail(), startedMs: performance.now() }
}

async function start({ sso, trail, recorded }: Visitor) {
  return trail.run(
    {
      title: 'Start a login',
      messages: [
        fromBrowser('POST sign-in'),
        toService('POST sso/authorize'),
        fromService('login page'),
        toBrowser('303'),
      ],
    },
    () => sso.authorize(),
    ({ loginUrl }) => ({
      said: 'The server asks for a login page with its simple key, which the browser never sees.',
      verified: [
        'the login page is on a listed host',
        'a state of 256 random bits; only its digest is kept',
      ],
      fields: [...wire(recorded.take(), 'authorize'), { name: 'Login page', value: loginUrl.href }],
    }),
  )
}

async function finish(
  visitor: Visitor,
  transaction: UltraCartTransaction,
  callbackUrl: string,
): Promise<void> {
  const { sso, trail, recorded } = visitor
  const error = new URL(callbackUrl, 'http://localhost').searchParams.get('error')
  trail.steps.push({
    title: 'The person decides',
    lane: 0,
    messages: [
      { from: 0, to: 2, label: 'login page' },
      { from: 2, to: 0, label: error === null ? 'code and state' : `${error.slice(0, 20)}, state` },
    ],
    ms: performance.now() - visitor.startedMs,
    said: 'On the page of the service; the password, if there is one, stays there. The browser is sent back.',
    verified: [],
    fields: [{ name: 'Callback', value: callbackUrl, secret: true }],
  })
  const callback = await trail.run(
    {
      title: 'Check the callback',
      messages: [fromBrowser(error === null ? 'code and state' : 'error and state')],
    },
    () => sso.validateCallback(callbackUrl, { transaction }),
    () => ({
      said: 'Nothing is sent before the state is known to be the one of this browser.',
      verified: ['the state fits its digest', 'the login is not over, and was not used before'],
      fields: [],
    }),
  )
  const session =
    callback &&
    (await trail.run(
      {
        title: 'Exchange the code',
        messages: [toService('POST sso/token'), fromService("the person's key")],
      },
      () => sso.exchangeCode(callback),
      () => ({
        said: 'Once, and never again: a code that was sent is spent. The key stays on the server.',
        verified: ['the code was made for this application'],
        fields: [...wire(recorded.take(), 'token')],
      }),
    ))
  visitor.session = session
  const user =
    session &&
    (await trail.run(
      {
        title: 'Ask who it is',
        messages: [toService('GET session/user'), fromService('user'), toBrowser('303, signed in')],
      },
      () => sso.user(session),
      ({ full_name: name = 'the user', email = '' }) => ({
        said: `It is ${name}${email === '' ? '' : `, ${email}`}.`,
        verified: ["the person's key works"],
        fields: [...wire(recorded.take(), 'user')],
      }),
    ))
  visitor.name = user?.full_name ?? user?.login
}

async function revoke({ sso, trail, recorded }: Visitor, session: UltraCartSession): Promise<void> {
  await trail.run(
    {
      title: 'Sign out',
      messages: [fromBrowser('POST sign-out'), toService('DELETE session/revoke')],
    },
    () => sso.revoke(session),
    () => ({
      said: 'The application forgets the key first, then has the service end it.',
      verified: ['the service took the key back'],
      fields: [...wire(recorded.take(), 'revoke')],
    }),
  )
}

/** What travelled between the two servers: as it was where it passes the browser anyway, else its names. */
function* wire(exchanges: readonly Exchange[], what: 'authorize' | 'token' | 'user' | 'revoke') {
  for (const { method, path, status, body, answer } of exchanges) {
    yield { name: 'Sent', value: `${method} ${path}, answered ${status}` }
    if (body !== '') yield { name: 'Body', value: body, secret: true }
    const names = what === 'token' || what === 'user'
    yield names
      ? { name: 'Names in the answer (the values stay here)', value: namesOf(answer) }
      : { name: 'Answer', value: answer === '' ? '(empty)' : answer }
  }
}

function namesOf(text: string): string {
  try {
    return Object.keys(Object(JSON.parse(text))).join(', ')
  } catch {
    return '(not JSON)'
  }
}
