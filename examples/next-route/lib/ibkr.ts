import { ibkrOAuth1Options, readConfig } from '@isoauth/cli/config'
import { createIbkrOAuth1, type IbkrOAuth1 } from '@isoauth/ibkr-oauth1'

let client: Promise<IbkrOAuth1> | undefined

/** One for the server: its live session token is good for a day. Made by the first request, not by the build. */
export function ibkr(): Promise<IbkrOAuth1> {
  client ??= make().catch((error) => {
    client = undefined // the next request looks again: the file may be there by then
    throw error
  })
  return client
}

async function make(): Promise<IbkrOAuth1> {
  return createIbkrOAuth1(
    ibkrOAuth1Options(await readConfig({ file: 'isoauth.json', env: process.env })),
  )
}
