/** Questions on a terminal, which no file's name and no portal's word steers. The library is loaded with the first one. */
import type { Io } from '../io.ts'
import { withoutControls } from '../text.ts'

/** Thrown where the person stops: Ctrl-C, Escape, or by saying so. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

export interface TextQuestion {
  readonly message: string
  /** Nothing that is typed is shown. */
  readonly isSecret: boolean
  /** What is wrong with an answer, said at once. */
  readonly judge: (text: string) => Promise<string | undefined>
}

export interface ChoiceQuestion<Value extends string> {
  readonly message: string
  readonly options: ReadonlyArray<{
    readonly value: Value
    readonly label: string
    readonly hint?: string
  }>
}

export interface Prompts {
  begin(title: string): void
  text(question: TextQuestion): Promise<string>
  choose<Value extends string>(question: ChoiceQuestion<Value>): Promise<Value>
  /** Shows something to be done, broken into lines as wide as the terminal is, and waits until it is. */
  step(title: string, text: string): Promise<void>
  say(text: string): void
  /** Says that an answer was not taken. */
  refuse(text: string): void
  end(text: string): void
}

export async function createPrompts(
  { input, output }: NonNullable<Io['terminal']>,
  signal: AbortSignal,
): Promise<Prompts> {
  const clack = await import('@clack/prompts')
  const common = { input, output, signal }
  const taken = <Value>(answer: Value | symbol): Value => {
    if (clack.isCancel(answer)) throw new Stopped()
    return answer as Value
  }
  return {
    begin: (title) => clack.intro(title, { output }),
    async text({ message, isSecret, judge }) {
      const validate = async (text: string | undefined) => {
        const problem = await judge((text ?? '').trim())
        return problem === undefined ? undefined : withoutControls(problem)
      }
      const ask = isSecret ? clack.password : clack.text
      return taken<string>(await ask({ ...common, message, validate })).trim()
    },
    async choose({ message, options }) {
      const choices = options.map((option) => ({ ...option })) as never
      return taken(await clack.select({ ...common, message, options: choices })) as never
    },
    async step(title, text) {
      clack.note(withoutControls(text), title, { output })
      const question = { message: 'Done?', active: 'Done', inactive: 'Stop here' }
      if (!taken(await clack.confirm({ ...common, ...question }))) throw new Stopped()
    },
    say: (text) => clack.log.info(withoutControls(text), { output }),
    refuse: (text) => clack.log.error(withoutControls(text), { output }),
    end: (text) => clack.outro(withoutControls(text), { output }),
  }
}
