/** `isoauth completion`: a script for the shell, made of the definition of the command line. */
import { Argument, type Command } from 'commander'
import type { Shell } from '../completion/print-completion.ts'
import type { Context } from '../context.ts'

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish']

const AFTER = `
  bash   echo 'source <(isoauth completion bash)' >> ~/.bashrc
  zsh    echo 'source <(isoauth completion zsh)' >> ~/.zshrc (after compinit)
  fish   isoauth completion fish > ~/.config/fish/completions/isoauth.fish
`

export function addCompletion(program: Command, context: Context): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', AFTER)
    .action(async (shell: Shell) => {
      const { printCompletion } = await import('../completion/print-completion.ts')
      await printCompletion(context, { program, shell })
    })
}
