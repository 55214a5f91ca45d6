/**
 * `await using`: the types where the compiler knows them, the method in every runtime.
 */

/** `{ [Symbol.asyncDispose](): Promise<void> }` where the compiler's library has that symbol. */
export type DisposableMember = SymbolConstructor extends { readonly asyncDispose: infer S }
  ? S extends symbol
    ? { readonly [Name in S]: () => Promise<void> }
    : unknown
  : unknown

/** The symbol; runtimes that do not have it yet get the name that compilers' helpers look for. */
export function asyncDisposeSymbol(): symbol {
  const { asyncDispose } = Symbol as unknown as { readonly asyncDispose?: symbol }
  return asyncDispose ?? Symbol.for('Symbol.asyncDispose')
}
