/** That an error tells nothing of what was signed and sent. */
import { expect } from 'vitest'
import { everythingOf } from '../runtimes/suite/everything-of.ts'

export interface Provoked {
  readonly error: unknown
  /** The JWS that were sent. */
  readonly sent: readonly string[]
}

/** Neither the secrets nor a part of a JWS stand in anything of the error, not even the end of one. */
export function expectNoSecrets(
  { error, sent }: Provoked,
  { code, name, secrets }: { code: string; name: string; secrets: readonly string[] },
): void {
  expect(error).toMatchObject({ code, name })
  const text = everythingOf(error)
  expect(text).toContain(code)
  const parts = sent.flatMap((jws) => jws.split('.')).filter((part) => part !== '')
  for (const secret of [...secrets, ...parts]) expect(text).not.toContain(secret)
  for (const part of parts) expect(text).not.toContain(part.slice(-20))
}
