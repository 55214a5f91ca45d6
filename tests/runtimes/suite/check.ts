/** The little that a test needs where no test library runs. */
export interface Check {
  readonly name: string
  readonly run: (context: Context) => void | Promise<void>
}

/** A check that needs nothing from outside: the packages' own tests run it too. */
export interface VectorCheck extends Check {
  readonly run: () => void | Promise<void>
}

/** What a runtime is told from outside. */
export interface Context {
  /** A sandbox behind a socket, with the credentials of `sandboxes.ts`. */
  readonly origin: string
  /** An origin that takes requests and never answers. */
  readonly silentOrigin: string
}

/** An error, whatever its class: its fields are read by name. */
export type Failure = Readonly<Record<string, unknown>>

export function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${show(expected)}, got ${show(actual)}`)
}

/** Passes when both are the same as JSON. */
export function same(actual: unknown, expected: unknown): void {
  equal(JSON.stringify(actual), JSON.stringify(expected))
}

export function matches(actual: unknown, pattern: RegExp): void {
  if (!pattern.test(String(actual))) {
    throw new Error(`expected something like ${pattern}, got ${show(actual)}`)
  }
}

/** Passes when a request is the one of a vector, byte for byte; gives its body. */
export async function equalRequest(
  request: ComparedRequest,
  vector: RequestVector,
): Promise<string> {
  equal(request.method, vector.method)
  equal(request.url, vector.url)
  for (const [name, value] of Object.entries(vector.headers)) {
    equal(request.headers.get(name), value)
  }
  const body = await request.text()
  equal(body, vector.body)
  equal(body.length, vector.bodyLength)
  return body
}

type ComparedRequest = Pick<Request, 'method' | 'url' | 'text'> & {
  readonly headers: Pick<Headers, 'get'>
}

interface RequestVector {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
  readonly bodyLength: number
}

/** What `work` throws or rejects with; fails when it does neither. */
export async function failure(work: () => unknown): Promise<Failure> {
  try {
    await work()
  } catch (error) {
    return error as Failure
  }
  throw new Error('expected a failure')
}

/** Passes when `work` fails with the code expected; gives the error. */
export async function failsWith(code: string, work: () => unknown): Promise<Failure> {
  const error = await failure(work)
  if (error['code'] !== code) throw new Error(`expected ${code}, got ${error}`)
  return error
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
