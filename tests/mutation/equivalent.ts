/**
 * Mutants that no test can tell from the source, each with the reason: reviewed by hand, and not counted. A mutant is
 * named by its file, what stands in the source and what would stand there, so that the list outlives moved lines.
 */
export interface Equivalent {
  readonly file: string
  readonly original: string
  readonly replacement: string
  readonly reason: string
}

export const EQUIVALENT: readonly Equivalent[] = [
  {
    file: 'packages/core-crypto/src/hmac.ts',
    original: 'buffer.length < data.length * 3',
    replacement: 'buffer.length <= data.length * 3',
    reason: 'A buffer of just the length that is needed is replaced by another one of that length.',
  },
  {
    file: 'packages/ibkr-session/src/internal/settings.ts',
    original: "{ ...sharing, sharedAs: '' }",
    replacement: '{}',
    reason:
      'Without a store and a lock, neither those nor the name under which they are used are looked at.',
  },
  ...(
    [
      ['tag === undefined || first === undefined', 'false'],
      ['tag === undefined || first === undefined', 'tag === undefined && first === undefined'],
      ['tag === undefined', 'false'],
      ['first === undefined', 'false'],
    ] as const
  ).map(([original, replacement]) => ({
    ...{ file: 'packages/sandbox/src/internal/crypto/pem.ts', original, replacement },
    reason:
      'Where either byte is missing the second one is: then the end is NaN, which lies in no bytes, and there is no element all the same.',
  })),
]
