/** An error class and a `newError` as a client has them. */
import type { ClientErrorKind, NewError } from '@isoauth/core-client'
import { CodedError, type CodedErrorOptions } from '@isoauth/core-crypto'

class TestError extends CodedError<ClientErrorKind> {
  override readonly name = 'TestError' as const
  constructor(message: string, options: CodedErrorOptions<ClientErrorKind>) {
    super(message, options)
  }
}

export const newError: NewError = (code, message, details) =>
  new TestError(message, { ...details, code })

/** What a call throws or rejects with. */
export async function failure(call: () => unknown): Promise<Record<string, unknown>> {
  try {
    await call()
  } catch (error) {
    return error as Record<string, unknown>
  }
  throw new Error('expected a failure')
}

/** A promise and its handles. */
export function deferred<T = void>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (error: unknown) => void
} {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** Lets everything that is due happen. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))
