/** The load balancer before the trading API: a cookie names the machine, and a session is on one of them. */
import { randomHex } from '../crypto/bytes.ts'

const COOKIE = 'x-sess-uuid'

/** The machine that a request goes to, and the cookie that its answer sets when it had none. */
export interface StickyMachine {
  readonly name: string
  readonly setCookie: string | undefined
}

export function stickyMachine(request: Request): StickyMachine {
  const cookies = request.headers.get('cookie') ?? ''
  const known = /(?:^|;\s*)x-sess-uuid=([0-9a-f]{32})(?:;|$)/.exec(cookies)?.[1]
  if (known !== undefined) return { name: known, setCookie: undefined }
  const name = randomHex(16)
  // Not `Secure`, so that clients keep it on loopback, which has no TLS.
  return { name, setCookie: `${COOKIE}=${name}; Path=/; HttpOnly` }
}
