import { ibkr } from '../lib/ibkr'

export const dynamic = 'force-dynamic'

interface Account {
  readonly id: string
  readonly type: string
  readonly currency: string
}

/** The same without a route: a component of the server reads the accounts. */
export default async function Page() {
  const response = await (await ibkr()).fetch('/portfolio/accounts')
  const accounts: Account[] = response.ok ? await response.json() : []
  return (
    <ul>
      {accounts.map(({ id, type, currency }) => (
        <li key={id}>{`${id}, ${type}, in ${currency}`}</li>
      ))}
    </ul>
  )
}
