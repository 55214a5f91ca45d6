/** The code under test: what all accounts are worth together. */
import type { IbkrOAuth1 } from '@isoauth/ibkr-oauth1'

interface Account {
  readonly id: string
}

interface Summary {
  readonly netliquidation: { readonly amount: number }
}

export async function netWorth(ibkr: Pick<IbkrOAuth1, 'fetch'>): Promise<number> {
  const accounts = await read<Account[]>(ibkr, '/portfolio/accounts')
  const summaries = await Promise.all(
    accounts.map(({ id }) => read<Summary>(ibkr, `/portfolio/${id}/summary`)),
  )
  return summaries.reduce((sum, { netliquidation }) => sum + netliquidation.amount, 0)
}

async function read<T>(ibkr: Pick<IbkrOAuth1, 'fetch'>, path: string): Promise<T> {
  const response = await ibkr.fetch(path)
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return (await response.json()) as T
}
