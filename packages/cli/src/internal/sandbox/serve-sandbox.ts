/** The sandbox until it is interrupted: the same as `isoauth-sandbox`, in this command's words. */
import { runSandbox } from '@isoauth/sandbox/node'
import type { SandboxOptions } from '../commands/sandbox-options.ts'
import type { Context } from '../context.ts'

export async function serveSandbox({ io }: Context, options: SandboxOptions): Promise<void> {
  const { signedOrigin, user, orderQuestion, ...rest } = options
  const { stdout, signal, cwd } = io
  await runSandbox(
    { ...rest, signedOrigins: signedOrigin, users: user, orderQuestions: orderQuestion },
    { write: (text) => stdout.write(text), signal, cwd },
  )
}
