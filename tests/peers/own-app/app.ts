/** A small app of one's own: staff sign in by UltraCart, link their brokerage account, and see its value. */
import {
  createIbkrOAuth1,
  createIbkrOAuth1Authorization,
  type IbkrOAuth1,
  type IbkrOAuth1AuthorizationOptions,
} from '@isoauth/ibkr-oauth1'
import * as ultracart from '@isoauth/ultracart-sso'

export interface AppOptions {
  readonly shop: ultracart.UltraCartSsoOptions
  readonly broker: IbkrOAuth1AuthorizationOptions & Record<'encryptionKey' | 'dhParameters', string>
}

interface Person {
  transaction?: ultracart.UltraCartTransaction
  requestToken?: string
  name?: string
  ibkr?: IbkrOAuth1
}

/** Answers requests; each person is known by the cookie `id`. */
export function createApp({ shop, broker }: AppOptions) {
  const sso = ultracart.createUltraCartSso(shop)
  const consent = createIbkrOAuth1Authorization(broker)
  const people = new Map<string, Person>()
  const pages: Record<string, (person: Person, url: string) => Promise<Response>> = {
    async '/login'(person) {
      const { loginUrl, transaction } = await sso.authorize()
      Object.assign(person, { transaction })
      return Response.redirect(loginUrl.href)
    },
    async '/login/return'(person, url) {
      const transaction = person.transaction as ultracart.UltraCartTransaction
      const session = await sso.exchangeCode(await sso.validateCallback(url, { transaction }))
      person.name = (await sso.user(session)).full_name ?? 'somebody'
      return new Response(`Hello ${person.name}`)
    },
    async '/link'(person) {
      Object.assign(person, await consent.requestToken())
      return Response.redirect(consent.authorizeUrl({ requestToken: '', ...person }).href)
    },
    async '/link/return'(person, url) {
      const { requestToken = '' } = person
      const { verifier } = consent.validateCallback(url, { requestToken })
      const granted = await consent.accessToken({ requestToken, verifier })
      person.ibkr = createIbkrOAuth1({ ...broker, ...granted })
      return new Response('Linked')
    },
    async '/value'({ name, ibkr }) {
      if (!name || !ibkr) return new Response('Sign in and link first', { status: 401 })
      const answer = await ibkr.fetch('/portfolio/DU1234567/summary')
      if (!answer.ok) return new Response('The broker is not ready', { status: 503 })
      const { netliquidation } = (await answer.json()) as { netliquidation: { amount: number } }
      return Response.json({ name, value: netliquidation.amount })
    },
  }
  return async ({ url, headers }: Request): Promise<Response> => {
    const id = /\bid=(\w+)/.exec(headers.get('cookie') ?? '')?.[1] ?? 'nobody'
    const person = people.get(id) ?? {}
    people.set(id, person)
    try {
      return (await pages[new URL(url).pathname]?.(person, url)) ?? Response.error()
    } catch (error) {
      return new Response((error as { code?: string }).code ?? 'failed', { status: 403 })
    }
  }
}
