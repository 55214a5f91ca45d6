/** The completion script of a shell. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { bashCompletion } from './bash.ts'
import { fishCompletion } from './fish.ts'
import { completionModel } from './model.ts'
import { zshCompletion } from './zsh.ts'

/** A shell that a script can be made for. */
export type Shell = 'bash' | 'zsh' | 'fish'

const SHELLS: Readonly<Record<Shell, typeof bashCompletion>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

/** Prints the script that completes the commands and options of `program`. */
export async function printCompletion(
  { io }: Context,
  { program, shell }: { readonly program: Command; readonly shell: Shell },
): Promise<void> {
  await io.stdout.write(SHELLS[shell](program.name(), completionModel(program)))
}
