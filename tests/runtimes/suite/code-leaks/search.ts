/**
 * The search for secrets in what a code's error shows, in whichever runtime this is: error, cause, events, the console,
 * and rejections that nobody handles.
 */
import { everythingOf } from '../everything-of.ts'
import { MARKS } from './marks.ts'

/** What came of provoking a code. */
export interface Provoked {
  readonly error: unknown
  /** What else a program is told meanwhile. */
  readonly events?: readonly unknown[]
  /** What must not show either: what was made on the way, such as signatures and tokens. */
  readonly secrets?: readonly string[]
}

/** How a code comes to be; or why it cannot be provoked here, and which test of Node does. */
export type Way =
  | (() => Promise<Provoked>)
  | { readonly notHere: string; readonly provokedIn: string }

/** Provokes every code of a list and searches what shows. */
export async function expectNoLeaks(ways: Readonly<Record<string, Way>>): Promise<void> {
  for (const [code, way] of Object.entries(ways)) {
    if (typeof way !== 'function') continue
    const { provoked, told } = await watched(way)
    const { error, events = [], secrets = [] } = provoked
    const came = (error as { readonly code?: unknown } | undefined)?.code
    if (came !== code) throw new Error(`${code}: what came is ${error}`)
    const shown = [error, ...events, ...told].map(everythingOf).join('\n')
    const found = [...MARKS, ...secrets].find((secret) => secret !== '' && shown.includes(secret))
    if (found !== undefined) throw new Error(`${code} shows a secret: ${found.slice(0, 12)}…`)
  }
}

const METHODS = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const

/** Runs work and gives what it said on the console, and what was rejected out of everyone's sight. */
async function watched(
  work: () => Promise<Provoked>,
): Promise<{ readonly provoked: Provoked; readonly told: readonly unknown[] }> {
  const told: unknown[] = []
  const own = METHODS.map((name) => console[name])
  for (const name of METHODS) console[name] = (...args: unknown[]) => void told.push(...args)
  const lost = (event: Event) => {
    told.push((event as unknown as { readonly reason?: unknown }).reason)
  }
  const { process } = globalThis as { readonly process?: Partial<Emitter> }
  const onLost = (reason: unknown) => void told.push(reason)
  globalThis.addEventListener?.('unhandledrejection', lost)
  process?.on?.('unhandledRejection', onLost)
  try {
    const provoked = await work()
    await new Promise((resolve) => setTimeout(resolve))
    return { provoked, told }
  } finally {
    for (const [at, name] of METHODS.entries()) if (own[at]) console[name] = own[at]
    globalThis.removeEventListener?.('unhandledrejection', lost)
    process?.off?.('unhandledRejection', onLost)
  }
}

interface Emitter {
  on(name: 'unhandledRejection', listener: (reason: unknown) => void): unknown
  off(name: 'unhandledRejection', listener: (reason: unknown) => void): unknown
}
