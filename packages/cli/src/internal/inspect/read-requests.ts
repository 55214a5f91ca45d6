/** What a person pastes or drops, as requests: a curl command, a request as on the wire, or a HAR. */

import { requestUnreadable } from '../errors.ts'
import { readCurl } from './read-curl.ts'
import { readHar } from './read-har.ts'
import { looksLikeHttp, readHttp } from './read-http.ts'
import type { RequestToInspect } from './request.ts'

/** The longest text that is read, in characters: a HAR of some hundred calls. */
const TEXT_LIMIT = 50_000_000

/**
 * Reads a request, whichever of three forms it has: a curl command (quoted for bash or for `cmd.exe`, over several
 * lines or one, with `-X`, `-H`, `-d` and its kin, `-u`, `-G`, `--url-query`), an HTTP request as it stands on the wire,
 * or a HAR (all of it, or one entry). Files that a curl command names are not read.
 *
 * @param text - what was pasted or dropped.
 * @returns one request, or of a HAR each that has an `Authorization` header, in its order.
 * @throws {@link CliError} `CLI_REQUEST_UNREADABLE`, saying which form was seen and what is missing.
 *
 * @example
 * ```ts
 * const [request] = readRequests("curl -X POST 'https://api.ibkr.com/v1/api/tickle' -H 'Authorization: OAuth …'")
 * ```
 *
 * *Source*: curl's manual page; RFC 9112 section 3; HTTP Archive 1.2.
 */
export function readRequests(text: string): readonly RequestToInspect[] {
  if (typeof text !== 'string' || text.trim() === '') {
    throw requestUnreadable(
      'There is nothing to read. Paste a curl command, a raw HTTP request or a HAR.',
    )
  }
  if (text.length > TEXT_LIMIT) {
    throw requestUnreadable(
      'It is too long: at most 50,000,000 characters are read. Take one entry of the HAR.',
    )
  }
  const trimmed = text.trim()
  if (/^[[{]/.test(trimmed)) return readHar(trimmed)
  if (/^(?:[$>#]\s+)?(?:\S*[\\/])?curl(?:\.exe)?\s/i.test(trimmed)) return [readCurl(trimmed)]
  if (looksLikeHttp(trimmed)) return [readHttp(trimmed)]
  throw requestUnreadable(
    'It is neither a curl command (curl …), nor a request as on the wire (POST /path HTTP/1.1), nor a HAR (JSON).',
  )
}
