/**
 * What a person's sign-in gives: a key that acts for them, kept out of every print.
 */
import { malformed, parseDateTime, readFields } from './answer.ts'
import type { Answer } from './call.ts'
import { isKey } from './settings.ts'

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
  /** The same as the service wrote it, where that is a text of at most 64 characters. */
  readonly expirationDts: string | undefined
  /** The person's address; the vendor recommends that use of the key be restricted to it. */
  readonly ipAddress: string | undefined
}

/** What stands for a session where only its key matters. */
export type UltraCartSessionKey = Pick<UltraCartSession, 'simpleKey'>

/** Reads the answer of the token call. */
export function readSession(answer: Answer): UltraCartSession {
  const { simple_key: simpleKey, expiration_dts: expiry, ip_address: ip } = readFields(answer)
  if (!isKey(simpleKey)) throw malformed(answer, 'have a simple_key')
  // Prints show these: neither may hold a key.
  const short = (value: unknown) =>
    typeof value === 'string' && value.length <= 64 ? answer.show(value) : undefined
  return createSession(simpleKey, {
    expiresAtMs: parseDateTime(expiry),
    expirationDts: short(expiry),
    ipAddress: short(ip),
  })
}

/** Makes a session; the key is on a prototype of its own, where no print looks. */
function createSession(
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
