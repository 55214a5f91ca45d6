/** Authorized calls whose answers are checked, not only received. */
import type { IbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { DemoError } from './errors.ts'

type Fetch = IbkrOAuth1['fetch']

/** Sends, and reads an answer of status 200 as JSON. */
export async function call(
  client: { readonly fetch: Fetch },
  path: string,
  init?: Parameters<Fetch>[1],
): Promise<unknown> {
  const response = await client.fetch(path, init)
  const text = await response.text()
  // A path can hold an account id; the step's name tells which call it was.
  if (response.status !== 200) {
    throw unexpected(`The service answered ${response.status} instead of 200.`, response.status)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw unexpected('The answer is not JSON.', response.status)
  }
}

/** Posts JSON. */
export async function post(
  client: { readonly fetch: Fetch },
  path: string,
  body?: unknown,
): Promise<unknown> {
  return call(client, path, {
    method: 'POST',
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
}

/** The field of an answer, if it is of the type. */
export function field<Type extends 'string' | 'boolean' | 'object'>(
  answer: unknown,
  name: string,
  type: Type,
): Type extends 'string' ? string : Type extends 'boolean' ? boolean : Record<string, unknown> {
  const value = (answer as Record<string, unknown> | null)?.[name]
  if (typeof value !== type || value === null) {
    throw unexpected(`The answer has no ${name} of type ${type}.`)
  }
  return value as never
}

/** The field of an answer, if it is an array with something in it. */
export function list(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value
  throw unexpected(`The answer lists no ${what}.`)
}

export function expect(holds: boolean, message: string): void {
  if (!holds) throw unexpected(message)
}

function unexpected(message: string, status?: number): DemoError {
  return new DemoError(message, { code: 'DEMO_ANSWER_UNEXPECTED', status })
}
