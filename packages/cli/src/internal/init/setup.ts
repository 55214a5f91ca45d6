/** What the steps of a set-up share. */
import type { InitOptions } from '../commands/init-options.ts'
import type { Context } from '../context.ts'
import type { Place } from './place.ts'
import type { Prompts } from './prompts.ts'
import type { Way } from './ways.ts'

export interface Setup {
  readonly context: Context
  readonly options: InitOptions
  /** Undefined where nothing is asked. */
  readonly prompts: Prompts | undefined
  readonly way: Way
  readonly place: Place
  /** What there is by now, as a person names it. */
  readonly made: string[]
}
