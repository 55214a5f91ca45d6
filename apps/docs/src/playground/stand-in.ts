/**
 * What the playground does: the sandbox and the clients in one page. The sandbox is a `fetch` function, so the requests of the
 * clients are answered here, and none leaves the page.
 */
import { createIbkrOAuth1, type IbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { createUltraCartSso, type UltraCartUser } from '@isoauth/ultracart-sso'

const ORIGIN = 'http://127.0.0.1:8787'

/** A line of what happened. */
export interface Step {
  readonly title: string
  readonly detail: string
}

export interface Inspection {
  readonly status: number
  /** Why the sandbox refused it; `null` where it did not. */
  readonly refused: string | null
  readonly checks: readonly { name: string; ok: boolean; detail?: string | undefined }[]
}

export interface LoginPage {
  readonly users: readonly { readonly login: string; readonly name: string }[]
  /** Answers the login page as the person does, and follows the browser back. */
  decide(answer: { readonly user: string; readonly approve: boolean }): Promise<SignedOn>
}

export interface SignedOn {
  readonly steps: readonly Step[]
  readonly user: UltraCartUser
}

export interface StandIn {
  handshake(): Promise<readonly Step[]>
  /** A header that is good for one request of this method and path. */
  signedHeader(request: SignedRequest): Promise<string>
  inspect(request: SignedRequest & { readonly header: string }): Promise<Inspection>
  startLogin(): Promise<LoginPage>
}

export interface SignedRequest {
  readonly method: string
  /** Below the base of the API, with its query. */
  readonly path: string
}

export async function createStandIn(): Promise<StandIn> {
  const sandbox = await createSandbox({ origin: ORIGIN })
  const { oauth1 } = sandbox.credentials.ibkr
  const ibkr = createIbkrOAuth1({ ...oauth1, fetch: sandbox.fetch })
  const urlOf = (path: string) => `${oauth1.baseUrl}/${path.replace(/^\/+/, '')}`
  return {
    handshake: () => handshake(sandbox, ibkr),
    signedHeader: ({ method, path }) => ibkr.authorizationHeader({ method, url: urlOf(path) }),
    async inspect({ method, path, header }) {
      const { status } = await sandbox.fetch(urlOf(path), {
        method,
        headers: { authorization: header },
      })
      const record = sandbox.requests.at(-1)
      return { status, refused: record?.refused ?? null, checks: record?.checks ?? [] }
    },
    startLogin: () => startLogin(sandbox),
  }
}

async function handshake(sandbox: Sandbox, ibkr: IbkrOAuth1): Promise<readonly Step[]> {
  const before = sandbox.requests.length
  const began = performance.now()
  const { expiresAtMs } = await ibkr.liveSessionToken()
  const took = Math.round(performance.now() - began)
  const response = await ibkr.fetch('/portfolio/accounts')
  const accounts = JSON.stringify(await response.json())
  const requests = sandbox.requests.slice(before)
  return [
    {
      title: 'Live session token',
      detail: `agreed and verified in ${took} ms, good until ${new Date(expiresAtMs).toLocaleString()}`,
    },
    ...requests.map(({ method, path, status, checks }) => ({
      title: `${method} ${path}`,
      detail: `${status}: ${checks.filter(({ ok }) => ok).length} of ${checks.length} checks passed`,
    })),
    { title: 'Accounts', detail: accounts },
  ]
}

async function startLogin(sandbox: Sandbox): Promise<LoginPage> {
  const { ultracart } = sandbox.credentials
  // The key is the sandbox's: made up in this page, valid nowhere else.
  const sso = createUltraCartSso({ ...ultracart, fetch: sandbox.fetch, allowBrowser: true })
  const { loginUrl, transaction } = await sso.authorize()
  const page = await (await sandbox.fetch(loginUrl)).text()
  return {
    users: [...page.matchAll(/name="user" value="(\w+)"[^>]*> ([^<]+)</g)].map(
      ([, login = '', name = '']) => ({ login, name: name.trim() }),
    ),
    async decide({ user, approve }) {
      const form = new URLSearchParams({ decision: approve ? 'approve' : 'refuse', user })
      for (const [, name = '', value = ''] of page.matchAll(
        /<input type="hidden" name="(\w+)" value="(\w+)">/g,
      )) {
        form.set(name, value)
      }
      const back = await sandbox.fetch(`${ORIGIN}/ultracart/login`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: String(form),
      })
      const callback = await sso.validateCallback(back.headers.get('location') ?? '', {
        transaction,
      })
      const session = await sso.exchangeCode(callback)
      const found = await sso.user(session)
      await sso.revoke(session)
      return {
        user: found,
        steps: [
          {
            title: 'authorize',
            detail: `the login page is at ${loginUrl.origin}${loginUrl.pathname}`,
          },
          { title: 'callback', detail: 'state and page are those of this login' },
          { title: 'code for key', detail: 'the code was exchanged once; the key is not shown' },
          {
            title: 'user',
            detail: `${found.full_name ?? found.login} (${found.email ?? 'no address'})`,
          },
          { title: 'revoke', detail: 'the key is not accepted any more' },
        ],
      }
    },
  }
}
