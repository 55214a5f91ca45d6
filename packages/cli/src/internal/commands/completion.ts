/** `isoauth completion`: a script for the shell, made of the definition of the command line. */
import { Argument, type Command } from 'commander'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { completionModel } from '../completion/model.ts'
import { zshCompletion } from '../completion/zsh.ts'
import type { Context } from '../context.ts'

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

const AFTER = `
  bash   echo 'source <(isoauth completion bash)' >> ~/.bashrc
  zsh    echo 'source <(isoauth completion zsh)' >> ~/.zshrc (after compinit)
  fish   isoauth completion fish > ~/.config/fish/completions/isoauth.fish
`

export function addCompletion(program: Command, { io }: Context): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', AFTER)
    .action((shell: keyof typeof SHELLS) => {
      io.stdout.write(SHELLS[shell](program.name(), completionModel(program)))
    })
}
