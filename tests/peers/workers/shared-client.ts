/** A Worker with its clients in module scope, as people write them: one isolate, many requests. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import settings from 'made-settings'

const ibkr = createIbkrOAuth1({ ...settings.oauth1, timeoutMs: 300_000 } as unknown as Parameters<
  typeof createIbkrOAuth1
>[0])
const { simpleKey, redirectUri, baseUrl } = settings.ultracart
const ultracart = createUltraCartSso({ simpleKey, redirectUri, baseUrl, timeoutMs: 300_000 })

const WORK: Readonly<Record<string, () => Promise<unknown>>> = {
  ibkr: async () => (await ibkr.fetch('/portfolio/accounts')).status,
  ultracart: async () => (await ultracart.authorize()).loginUrl.protocol,
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    const [, name = '', isEnding] = pathname.split('/')
    const work = WORK[name] as () => Promise<unknown>
    try {
      if (isEnding) {
        // The request is answered while the sign-in it started is still on its way.
        const failing = async () => {
          await fetch(settings.underWay)
          throw new Error('other')
        }
        await Promise.all([work(), failing()])
      }
      return Response.json(await work())
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      return Response.json({ code, message }, { status: 502 })
    }
  },
}
