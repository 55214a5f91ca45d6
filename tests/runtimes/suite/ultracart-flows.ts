/** UltraCart in one process: the whole round trip, and what is refused on the way. */
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import {
  createTransactionCookie,
  createTransactionStore,
  type TransactionKeeper,
} from '@isoauth/ultracart-sso/transaction'
import { approveLogin } from './approve.ts'
import { type Check, equal, failsWith, matches, same } from './check.ts'
import { failedChecks, startSandbox } from './sandboxes.ts'

export const ultracartFlows: readonly Check[] = [
  {
    name: 'UltraCart: login page, callback, code for key, user, revoke',
    async run() {
      const { sandbox, sso, approve } = await start()
      const { loginUrl, transaction } = await sso.authorize()
      const returned = await approve(loginUrl.href)
      const callback = await sso.validateCallback(returned, { transaction })
      const session = await sso.exchangeCode(callback)
      matches((await sso.user(session)).login, /\w/)
      await sso.revoke(session)
      same(failedChecks(sandbox), [])
      await failsWith('ULTRACART_SSO_UNAUTHORIZED', () => sso.user(session))
      equal(sandbox.counts.ultracartTokenRequests, 1)
    },
  },
  {
    name: 'UltraCart: a replayed callback and a swapped state are refused, and nothing is sent',
    async run() {
      const { sandbox, sso, approve } = await start()
      const mine = await sso.authorize()
      const theirs = await sso.authorize()
      const returned = await approve(theirs.loginUrl.href)
      const validate = ({ transaction }: typeof mine) =>
        sso.validateCallback(returned, { transaction })
      await failsWith('ULTRACART_SSO_STATE_MISMATCH', () => validate(mine))
      await sso.exchangeCode(await validate(theirs))
      await failsWith('ULTRACART_SSO_CALLBACK_USED', () => validate(theirs))
      equal(sandbox.counts.ultracartTokenRequests, 1)
    },
  },
  {
    name: 'UltraCart: a wrong key is told by its code',
    async run() {
      const { sso } = await start({ simpleKey: 'SANDBOX-another-key' })
      await failsWith('ULTRACART_SSO_UNAUTHORIZED', () => sso.authorize())
    },
  },
  keeperCheck('a store on the server', async (now) => createTransactionStore({ now })),
  keeperCheck('a sealed cookie', async (now) => {
    const algorithm = { name: 'AES-GCM', length: 256 }
    const key = await crypto.subtle.generateKey(algorithm, false, ['encrypt', 'decrypt'])
    return createTransactionCookie({ key, now })
  }),
]

function keeperCheck(what: string, make: (now: () => number) => Promise<TransactionKeeper>): Check {
  return {
    name: `UltraCart: a login under way in ${what}`,
    async run() {
      const { sso, now } = await start()
      const keeper = await make(now)
      const { transaction } = await sso.authorize()
      const cookie = await keeper.keep(transaction)
      matches(cookie, /^__Host-ultracart-login=[\w.-]+; .*HttpOnly/)
      equal(cookie.includes(transaction.stateDigest), false)
      const pair = cookie.slice(0, cookie.indexOf(';'))
      same(await keeper.take(`a=b; ${pair}`), transaction)
      await failsWith('ULTRACART_SSO_LOGIN_UNKNOWN', () => keeper.take('a=b'))
    },
  }
}

async function start(options: { readonly simpleKey?: string } = {}) {
  const { sandbox, now } = await startSandbox()
  const { fetch, credentials } = sandbox
  const given = { ...credentials.ultracart, ...options }
  const sso = createUltraCartSso({ ...given, allowBrowser: true, fetch, now })
  /** The person's part: opens the page, presses "Approve", and comes to the callback. */
  const approve = (page: string) => approveLogin(fetch, page)
  return { sandbox, sso, now, approve }
}
