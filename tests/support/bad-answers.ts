/** Bodies of a 200 that are no JSON object, and what the error of every client tells of them. */
import { expect } from 'vitest'

export const unreadableBodies: readonly (readonly [name: string, body: string, message: RegExp])[] =
  [
    ['HTML', '<!doctype html><html>maintenance</html>', /HTML/],
    ['an empty body', '', /it is empty/],
    ['blanks', ' \n ', /it is empty/],
    ['text', 'gone', /4 characters of other text/],
    ['JSON that is cut off', '{"access_token":"ab', /cut off/],
    ['an array', '[]', /JSON/],
    ['null', 'null', /./],
    ['a number', '5', /./],
    ['more than 64 KiB', 'x'.repeat(70_000), /larger than 65536 bytes/],
  ]

/** The error of an answer with the status 200 and the trace id `trace-1`; nothing of a page is quoted. */
export function expectAnswerRefused(
  error: Readonly<Record<string, unknown>>,
  { code, message }: { readonly code: string; readonly message: RegExp },
): void {
  expect(error).toMatchObject({ code, status: 200, traceId: 'trace-1' })
  expect(error['message']).toMatch(message)
  expect(error['message']).not.toContain('maintenance')
}
