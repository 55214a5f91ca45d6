/**
 * The vendor's models with their names on the wire. Its schema makes every property optional;
 * properties it does not name are kept.
 *
 * Source: UltraCart REST API v2, models of the vendor's SDKs 4.1 (JavaScript, TypeScript, PHP,
 * Python, Java).
 */

/** Body of `PUT /sso/authorize`. */
export interface SingleSignOnAuthorizeRequest {
  readonly redirect_uri?: string
  readonly state?: string
}

/** Answer of `PUT /sso/authorize`. */
export interface SingleSignOnAuthorizeResponse {
  /** Where the browser is to be sent. */
  readonly login_url?: string
  /** ISO 8601 with an offset: the login must be done by then. */
  readonly expiration_dts?: string
}

/** Body of `PUT /sso/token`. */
export interface SingleSignOnTokenRequest {
  readonly code?: string
  /** `simple_key` is the only documented value. */
  readonly grant_type?: string
}

/** Answer of `PUT /sso/token`. */
export interface SingleSignOnTokenResponse {
  /** Acts for the person from now on. */
  readonly simple_key?: string
  /** ISO 8601 with an offset: the key is dead after it. */
  readonly expiration_dts?: string
  /** The person's address; the vendor recommends that use of the key be restricted to it. */
  readonly ip_address?: string
}

/** Body of a failure, whatever its status: it has been seen inside a 200. */
export interface UltraCartErrorResponse {
  readonly error?: UltraCartErrorBody | null
  readonly metadata?: UltraCartResponseMetadata
  /** Often absent. */
  readonly success?: boolean
  /** One warning; there is no `warnings`. */
  readonly warning?: UltraCartWarning
}

/** What went wrong. */
export interface UltraCartErrorBody {
  readonly developer_message?: string
  /** The one text that is meant to be shown to a person. */
  readonly user_message?: string
  /** The HTTP status as text; often absent, and the status itself is what counts. */
  readonly error_code?: string
  readonly more_info?: string
  readonly object_id?: string
}

/** A warning beside an answer. */
export interface UltraCartWarning {
  readonly warning_message?: string
  readonly more_info?: string
}

/** What an answer is about. */
export interface UltraCartResponseMetadata {
  readonly payload_name?: string
  readonly result_set?: UltraCartResultSet
}

/** Paging of other resources; without use in single sign-on. */
export interface UltraCartResultSet {
  readonly count?: number
  readonly limit?: number
  readonly more?: boolean
  readonly next_offset?: number
  readonly offset?: number
  readonly total_records?: number
}
