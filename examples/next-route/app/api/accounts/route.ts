import { IbkrOAuth1Error } from '@isoauth/ibkr-oauth1'
import { ibkr } from '../../../lib/ibkr'

export const dynamic = 'force-dynamic'

/** GET /api/accounts. Answers whoever asks: put a check of who it is here. */
export async function GET(): Promise<Response> {
  try {
    const { status, body } = await (await ibkr()).fetch('/portfolio/accounts')
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
    return new Response(body, { status, headers })
  } catch (error) {
    if (!(error instanceof IbkrOAuth1Error)) throw error
    console.error(error.code, error.message, error.docs)
    return Response.json({ code: error.code }, { status: 502 })
  }
}
