/** The calls of a table of exports and methods with what they do not take. */
type Work = (...given: readonly unknown[]) => unknown

/** A refusal that names nothing that is needed. */
const VAGUE = /must be an object(; got undefined)?\.$/

/** What every function is called with. */
const ARGUMENTS: readonly (readonly unknown[])[] = [
  [],
  [null, null, null, null],
  [5, 5, 5, 5],
  ['x', 'x', 'x', 'x'],
  [[], [], [], []],
]

/** Outcomes of a call with nothing, null, a number, a text and an array: a code, or `returns`. */
export type Outcomes = readonly [string, string, string, string, string]

/** The same outcome five times. */
export const always = (outcome: string): Outcomes => [outcome, outcome, outcome, outcome, outcome]

/** Makes the calls, one after the other; an uncoded error is its own outcome, to be seen with its stack. */
export async function outcomesOf(owner: object, name: string): Promise<unknown[]> {
  const work = (owner as Readonly<Record<string, Work>>)[name] as Work
  const outcomes: unknown[] = []
  for (const given of ARGUMENTS) outcomes.push(await outcomeOf(work, given))
  return outcomes
}

async function outcomeOf(work: Work, given: readonly unknown[]): Promise<unknown> {
  try {
    // A class is called by `new`; without it the language itself refuses, in words of its own.
    if (isClass(work)) Reflect.construct(work, given)
    else await work(...given)
    return 'returns'
  } catch (error) {
    const { code, option, message } = error as Refusal
    // Whoever gives nothing is told what is needed, not that it goes into an object.
    if (given.length === 0 && option === 'options' && VAGUE.test(message)) return message
    return code ?? error
  }
}

interface Refusal {
  readonly code?: string
  readonly option?: string
  readonly message: string
}

function isClass(work: Work): boolean {
  return /^class\b/.test(Function.prototype.toString.call(work))
}

/** The names of an object's functions and classes. */
export function functionsOf(owner: object): string[] {
  const names = Object.entries(owner).filter(([, value]) => typeof value === 'function')
  return names.map(([name]) => name).sort()
}
