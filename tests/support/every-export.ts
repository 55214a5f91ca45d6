/** The tests of a table that names every function of a module or an object, and what becomes of wrong arguments. */
import { describe, expect, it } from 'vitest'
import { always, functionsOf, type Outcomes, outcomesOf } from './wrong-arguments.ts'

export { always, type Outcomes } from './wrong-arguments.ts'

/** What becomes of each function: by its name, the outcomes of its calls. */
export type Table = Readonly<Record<string, Outcomes>>

/** An error that lacks its text or code is refused by the base of all. */
export const CLASS = 'CRYPTO_OPTION_INVALID'

/** What every client hands on to applications. */
export const handedOn: Table = {
  CodedError: always(CLASS),
  ServiceError: always(CLASS),
  hasCode: always('returns'),
}

/** What the errors of a client are called, and what becomes of arguments that several of its methods take. */
export function wordsOf(prefix: string) {
  const OPTION = `${prefix}_OPTION_INVALID`
  const URL_REFUSED = `${prefix}_URL_REFUSED`
  return {
    OPTION,
    /** Options may be left out; null is none, and told as such. */
    OPTIONAL: ['returns', OPTION, OPTION, OPTION, OPTION],
    /** Of an authorized `fetch`: a text is a path, whatever it says; its init is none. */
    FETCH: [URL_REFUSED, URL_REFUSED, URL_REFUSED, OPTION, URL_REFUSED],
  } satisfies Readonly<Record<string, string | Outcomes>>
}

/** The same outcome, always, of each of these. */
export function allOf(outcome: string, ...names: readonly string[]): Table {
  return Object.fromEntries(names.map((name) => [name, always(outcome)]))
}

/** Tests every export; `others` are those that a test of their own calls. */
export function describeExports(
  exported: object,
  table: Table,
  { name = 'an export', others = [] }: { name?: string; others?: readonly string[] } = {},
): void {
  describeFunctions(name, () => exported, { table, others })
}

/** Tests the methods of objects by the names of these, each of which is made anew for every test. */
export function describeMethods(
  make: () => Promise<Readonly<Record<string, object>>>,
  tables: Readonly<Record<string, Table>>,
  others: readonly string[] = [],
): void {
  for (const [owner, table] of Object.entries(tables)) {
    const one = async () => (await make())[owner] as object
    describeFunctions(`a method of the ${owner}`, one, { table, others })
  }
}

function describeFunctions(
  what: string,
  make: () => object | Promise<object>,
  { table, others }: { readonly table: Table; readonly others: readonly string[] },
): void {
  describe(what, () => {
    it('of every name is in the table', async () => {
      expect(functionsOf(await make())).toEqual([...Object.keys(table), ...others].sort())
    })

    it.each(Object.entries(table))('%s', async (name, expected) => {
      expect(await outcomesOf(await make(), name)).toEqual(expected)
    })
  })
}
