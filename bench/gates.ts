/** How fast is fast enough: ratios of one run, so that they hold on any machine. */

/** The runtimes that a limit can be given for. */
export type RuntimeName = 'node20' | 'node22' | 'node24' | 'node26' | 'deno' | 'bun'

/** A ratio of two contenders of one cost, best to best. */
export interface Gate {
  readonly cost: string
  readonly ours: string
  readonly peer: string
  /** Above it the bench fails. One number for all, or one a runtime; runtimes left out have none. */
  readonly most: number | Readonly<Partial<Record<RuntimeName, number>>>
  /** What is aimed at, printed and not enforced. */
  readonly aim?: number | Readonly<Partial<Record<RuntimeName, number>>>
  /** What it means for somebody who uses the packages. */
  readonly meaning: string
}

export const GATES: readonly Gate[] = [
  {
    cost: 'mod-pow',
    ours: 'ours',
    peer: '@noble/curves pow',
    most: 1.1,
    aim: 1,
    meaning: 'a power that does not tell its exponent costs no more than one that does',
  },
  {
    cost: 'mod-pow',
    ours: 'ours',
    peer: 'micro-rsa-dsa-dh pow',
    most: 0.9,
    aim: 0.82,
    meaning: 'the same against square and multiply',
  },
  {
    cost: 'mod-pow',
    ours: 'ours',
    peer: 'native',
    most: { node20: 9.5, bun: 3.5, deno: 1.5 },
    aim: { node20: 8.4, bun: 2.9, deno: 1.2 },
    meaning: 'what a page or a Worker pays for having no native power',
  },
  {
    cost: 'rsa-decryption',
    ours: 'ours, portable',
    peer: 'micro-rsa-dsa-dh',
    most: 0.36,
    aim: 0.29,
    meaning: 'decrypting the access token secret where there is no native decryption',
  },
  {
    cost: 'rsa-decryption',
    ours: 'ours, portable',
    peer: 'node-forge',
    most: { node20: 0.19, deno: 0.1, bun: 0.06 },
    aim: { node20: 0.15, deno: 0.065, bun: 0.035 },
    meaning: 'the same against what most clients use',
  },
  {
    cost: 'rsa-decryption',
    ours: 'ours, portable',
    peer: 'native',
    most: { node20: 13, bun: 4.5, deno: 1.3 },
    aim: { node20: 11.5, bun: 3.7, deno: 1 },
    meaning: 'what a page or a Worker pays for having no native decryption',
  },
  {
    cost: 'rsa-decryption',
    ours: 'ours',
    peer: 'native',
    most: { node20: 1.15, node22: 1.15, node24: 1.15, node26: 1.15, bun: 1.15 },
    aim: { node20: 1.05, node22: 1.05, node24: 1.05, node26: 1.05, bun: 1.05 },
    meaning: 'what our checks add to native decryption',
  },
  {
    cost: 'session-set-up',
    ours: 'ours, portable',
    peer: 'native, exchange made ahead',
    most: { node20: 8.5, bun: 3.5, deno: 1.4 },
    aim: { node20: 7, bun: 2.6, deno: 1.05 },
    meaning: 'signing in once a day where there is no native arithmetic',
  },
  {
    cost: 'session-set-up',
    ours: 'ours',
    peer: 'native, key objects',
    most: { node20: 1.3, node22: 1.3, node24: 1.3, node26: 1.3 },
    aim: { node20: 1.1, node22: 1.1, node24: 1.1, node26: 1.1 },
    meaning: 'signing in on Node, against the same native calls without any check',
  },
  {
    cost: 'session-set-up-whole',
    ours: 'ours',
    peer: 'ibkr-client',
    // On Node and Bun; where there is no native arithmetic, most of it is the test of the prime.
    most: { node20: 0.2, node22: 0.2, node24: 0.2, node26: 0.2, bun: 0.2 },
    aim: { node20: 0.1, node22: 0.1, node24: 0.1, node26: 0.1, bun: 0.1 },
    meaning: 'from a configuration to a token, keys read and checked, against another client',
  },
  {
    cost: 'signed-request',
    ours: 'ours',
    peer: 'oauth-1.0a + native HMAC',
    most: 0.6,
    aim: { node20: 0.48, bun: 0.55, deno: 0.45 },
    meaning: 'each request: the Authorization header',
  },
  {
    cost: 'client-assertion',
    ours: 'ours',
    peer: 'bare subtle.sign',
    most: 1.1,
    aim: 1.03,
    meaning: 'signing in with OAuth 2.0: what is added to the signature itself',
  },
  {
    cost: 'percent-encoding',
    ours: 'ours',
    peer: 'encodeURIComponent + five replace',
    most: 0.9,
    aim: 0.6,
    meaning: 'a part of signing a request',
  },
]

/** A limit for one runtime; undefined where there is none. */
export function limitFor(
  limit: Gate['most'] | undefined,
  runtime: RuntimeName,
): number | undefined {
  return typeof limit === 'object' ? limit[runtime] : limit
}
