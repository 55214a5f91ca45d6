/** Signs in with the keys of a file that is chosen in the page, which is never uploaded and never stored. */
import { createIbkrOAuth1, IbkrOAuth1Error } from '@isoauth/ibkr-oauth1'

const input = document.querySelector('input') as HTMLInputElement
const output = document.querySelector('output') as HTMLOutputElement

input.addEventListener('change', async () => {
  const [file] = input.files ?? []
  if (file === undefined) return
  output.textContent = 'signing in …'
  try {
    output.textContent = (await readAccounts(await file.text())).join('\n')
  } catch (error) {
    if (!(error instanceof IbkrOAuth1Error)) throw error
    output.textContent = `${error.message} (${error.docs})`
  }
})

async function readAccounts(config: string): Promise<string[]> {
  const { oauth1 } = JSON.parse(config).ibkr
  const ibkr = createIbkrOAuth1({
    ...oauth1,
    baseUrl: `${location.origin}/v1/api`, // where requests go: the proxy
    signingBaseUrl: oauth1.baseUrl ?? 'https://api.ibkr.com/v1/api', // what the broker sees
  })
  const response = await ibkr.fetch('/portfolio/accounts')
  if (!response.ok) return [`${response.status} ${await response.text()}`]
  const accounts: { id: string; type: string; currency: string }[] = await response.json()
  return accounts.map(({ id, type, currency }) => `account ${id}, ${type}, in ${currency}`)
}
