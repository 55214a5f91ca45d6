/** Who is signed in. */

/** A person whose identity was checked. */
export interface Person {
  /** The subject of the identity token. */
  readonly subject: string
  /** For people to read. */
  readonly name: string
  /** When the proof of who they are ends, in milliseconds since 1970. */
  readonly provenUntilMs?: number | undefined
}

/** A person's session with the page. */
export interface Session {
  readonly subject: string
  readonly name: string
  readonly expiresAtMs: number
}
