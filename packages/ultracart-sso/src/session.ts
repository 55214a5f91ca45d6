/**
 * What a person's sign-in gives: a key that acts for them, kept out of every print.
 */

/**
 * A person's session. Printing it, `JSON.stringify`, spreading and cloning it leave the key out; an
 * application that must store it reads {@link UltraCartSession.simpleKey} and seals it, and later
 * passes `{ simpleKey }` in its place.
 */
export interface UltraCartSession {
  /** Acts for the person: for servers only, never in a page, a URL or a readable cookie. */
  readonly simpleKey: string
  /** When the key dies, in milliseconds since 1970; undefined: unknown, which is not "never". */
  readonly expiresAtMs: number | undefined
  /** The same as the service wrote it. */
  readonly expirationDts: string | undefined
  /** The person's address; the vendor recommends that use of the key be restricted to it. */
  readonly ipAddress: string | undefined
}

/** What stands for a session where only its key matters. */
export type UltraCartSessionKey = Pick<UltraCartSession, 'simpleKey'>

/** Makes a session; the key is on a prototype of its own, where no print looks. */
export function createSession(
  simpleKey: string,
  visible: Omit<UltraCartSession, 'simpleKey'>,
): UltraCartSession {
  const hidden = Object.create(Object.prototype, {
    simpleKey: { get: () => simpleKey },
    // Node's inspection looks everywhere when told to.
    [Symbol.for('nodejs.util.inspect.custom')]: { value: () => visible },
  })
  return Object.freeze(Object.assign(Object.create(hidden), visible))
}
