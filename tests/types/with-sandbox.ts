/** The sandbox with its clients, as a test of a user's would join them; its types need the platform's. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import type { BrowserLink } from '@isoauth/ibkr-sso'
import { createSandbox, type Sandbox } from '@isoauth/sandbox'

export async function signIn(): Promise<number> {
  const sandbox: Sandbox = await createSandbox({ origin: 'http://127.0.0.1:8787' })
  const platformFetch: typeof fetch = sandbox.fetch
  const { dhPrime: _, ...credentials } = sandbox.credentials.ibkr.oauth1
  const client = createIbkrOAuth1({ ...credentials, fetch: platformFetch })
  const replacement: typeof fetch = client.fetch
  const response: Response = await replacement('/portfolio/accounts')
  return response.status
}

/** A link is the platform's own `URL`. */
export function originOf(link: BrowserLink): string {
  const url: URL = link.url
  return url.origin
}
