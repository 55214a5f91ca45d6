/** What the sandbox remembers of each request: what was checked, and why it was refused. */

/** How the query reached the signature base string, as far as the signature tells. */
export type QuerySigning = 'omit' | 'wire' | 'decoded' | 'urlWithQuery' | 'rfc5849'

/** Which percent-encoder made the base string; they differ on space, `~`, `*` and `! ' ( )` only. */
export type BaseStringEncoder = 'rfc3986' | 'java' | 'quotePlus' | 'encodeURIComponent'

export interface RequestCheck {
  /** The check's name; the README lists them all. */
  readonly name: string
  readonly ok: boolean
  /** What was found, without any secret. */
  readonly detail?: string | undefined
}

/** A request as it arrived, with secrets replaced by what they are or how long. */
export interface ReceivedRequest {
  readonly headers: Readonly<Record<string, string>>
  /** Fields of a JSON object; `null` when the body was empty or not read. */
  body: Readonly<Record<string, string>> | string | null
}

export interface RequestRecord {
  /** Counts from 1; the broker-style error bodies carry it as their trace number. */
  readonly id: number
  /** When it arrived, by the sandbox's clock with its skew (ISO 8601). */
  readonly time: string
  readonly method: string
  /** Path as it stood on the wire. */
  readonly path: string
  /** Query as it stood on the wire, without the question mark, tokens hidden; `null` when there was none. */
  readonly query: string | null
  /** Status of the answer; `null` while under way, after a reset or a cancellation. */
  status: number | null
  /** Which service judged it. */
  service: string | null
  /** Where the OAuth parameters came from. */
  parameterTransport: 'header' | 'json-body' | null
  /** `null` when the request had no query, so that every way gives the same base string. */
  querySigning: QuerySigning | null
  encoder: BaseStringEncoder | null
  /** The origin that stood in the base string. */
  signedOrigin: string | null
  readonly checks: RequestCheck[]
  /** Why it was refused; `null` when it was not. */
  refused: string | null
  /** The kind of the fault that was played, if any. */
  fault: string | null
  /** True where a rule of `respond` answered it. */
  responded: boolean
  /** Headers and body; of UltraCart's operations only. */
  received?: ReceivedRequest | undefined
}
