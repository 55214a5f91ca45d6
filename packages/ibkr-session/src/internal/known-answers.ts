/**
 * Answers that are known, as they are on the wire: those of the calls that a session consists of. Any field may be
 * missing, and a 200 may hold `error` alone; fields that are not named here are seen too.
 */
import type {
  FetchInit,
  PlatformRequest,
  PlatformResponse,
  PlatformUrl,
} from '@isoauth/core-client'

/** Of `POST /iserver/auth/ssodh/init` and `/iserver/auth/status`. That it came with a 200 proves nothing: read the flags. */
export interface StatusAnswer {
  readonly authenticated?: boolean
  /** The account's data is loaded. */
  readonly established?: boolean
  /** Does not decide whether the session works. */
  readonly competing?: boolean
  readonly connected?: boolean
  readonly message?: string
  readonly fail?: string
  readonly MAC?: string
  readonly hardware_info?: string
  readonly serverInfo?: {
    readonly serverName?: string | null
    readonly serverVersion?: string | null
  }
  readonly error?: string
}

/** Of `/tickle`. */
export interface TickleAnswer {
  /** The session's id, which binds a WebSocket: a secret. */
  readonly session?: string
  /** Milliseconds that the sign-in lasts without another call. */
  readonly ssoExpires?: number
  /** As the broker spells it. */
  readonly collission?: boolean
  readonly userId?: number
  /** `no bridge` here does no harm. */
  readonly hmds?: { readonly error?: string }
  readonly iserver?: { readonly authStatus?: StatusAnswer }
  readonly error?: string
}

/** Of `GET /iserver/accounts`: without `accounts`, the session is not ready yet. */
export interface AccountsAnswer {
  readonly accounts?: readonly unknown[]
  readonly error?: string
}

/** Of `GET /sso/validate`. */
export interface ValidateAnswer {
  /** True where the sign-in is valid. */
  readonly RESULT?: boolean
  /** Milliseconds that it lasts without another call. */
  readonly EXPIRES?: number
  /** When it began, and when it was used last, in milliseconds since 1970. */
  readonly AUTH_TIME?: number
  readonly lastAccessed?: number
  /** 1 for live, 2 for paper; the broker has two spellings. */
  readonly LOGIN_TYPE?: number
  readonly loginType?: number
  readonly error?: string
}

/** Of `POST /iserver/questions/suppress`. */
export interface SuppressAnswer {
  /** `submitted` */
  readonly status?: string
  readonly error?: string
}

/** Of `POST /logout`, in both forms that are told of it. */
export interface LogoutAnswer {
  readonly status?: boolean
  readonly confirmed?: boolean
  readonly error?: string
}

/** The calls whose answers are known, by method and path. */
export interface KnownAnswers {
  readonly 'POST /iserver/auth/ssodh/init': StatusAnswer
  readonly 'GET /iserver/auth/status': StatusAnswer
  readonly 'POST /iserver/auth/status': StatusAnswer
  readonly 'GET /tickle': TickleAnswer
  readonly 'POST /tickle': TickleAnswer
  readonly 'GET /iserver/accounts': AccountsAnswer
  readonly 'GET /sso/validate': ValidateAnswer
  readonly 'POST /iserver/questions/suppress': SuppressAnswer
  readonly 'POST /logout': LogoutAnswer
}

/** A platform's `Response` whose `json()` is typed once `ok` is known to be true; of a refusal nothing is claimed. */
export type KnownResponse<Body> =
  | ({ readonly ok: true; json(): Promise<Body> } & PlatformResponse)
  | ({ readonly ok: false } & PlatformResponse)

/** The answer to a call: a {@link KnownResponse} where method and path are among the {@link KnownAnswers}. */
export type AnswerTo<Input, Method extends string> = Input extends string
  ? `${Method} ${Input}` extends keyof KnownAnswers
    ? KnownResponse<KnownAnswers[`${Method} ${Input}`]>
    : PlatformResponse
  : PlatformResponse

/** The platform's, with the method as it is written out. */
export type SessionFetchInit<Method extends string> = FetchInit & {
  readonly method?: Method | undefined
}

/** Used like the platform's `fetch`. Where path and method are written out, the answer is an {@link AnswerTo} them. */
export type SessionFetch = <
  Input extends string | PlatformUrl | PlatformRequest,
  Method extends string = 'GET',
>(
  input: Input,
  init?: SessionFetchInit<Method>,
) => Promise<AnswerTo<Input, Method>>
