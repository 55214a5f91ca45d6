/** The tests of one package in a process of their own, which is replaced when a mutant hangs it. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { PlainError } from '../../scripts/lib/process.mjs'
import { toolEnv } from '../../scripts/lib/setup.mjs'
import { root } from '../../scripts/lib/workspace.mjs'
import type { Mutant } from './mutants.ts'

/** How the tests took a mutant: what failed of them, undefined where nothing did. */
export type Failure = string | undefined

export interface TestRun {
  /** Runs the tests; `mutant` null: on the sources as they are. */
  run(mutant: Mutant | null, limitMs: number): Promise<Failure>
  end(): void
}

/** Tests of the package in `packages/NAME`: those of every runtime (`portable`), or those of Node alone (`node-only`). */
export function createTestRun(name: string, mode: 'portable' | 'node-only'): TestRun {
  let child: ChildProcess | undefined

  async function start(): Promise<ChildProcess> {
    const started = fork(join(root, 'tests/mutation/worker.ts'), [name, mode], {
      cwd: root,
      env: toolEnv(),
      execArgv: ['--import', 'tsx'],
      // A group of its own, so that its own workers end with it.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const ready = await nextMessage(started, 300_000)
    if (ready !== 'ready') throw new PlainError(`mutation: the tests of ${name} did not start`)
    return started
  }

  function end(): void {
    if (child?.pid !== undefined) {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
    child = undefined
  }

  return {
    end,
    async run(mutant, limitMs) {
      child ??= await start()
      child.send(mutant as object)
      const answer = await nextMessage(child, limitMs)
      if (answer === 'over') end()
      if (answer === 'over') return `more than ${Math.round(limitMs / 1000)} s`
      if (answer === 'ended') {
        child = undefined
        return 'the process ended'
      }
      const { failure } = answer as { readonly failure: string }
      return failure === '' ? undefined : failure
    },
  }
}

function nextMessage(child: ChildProcess, limitMs: number): Promise<unknown> {
  return new Promise((resolve) => {
    const timer = setTimeout(settle, limitMs, 'over')
    const ended = () => settle('ended')
    function settle(value: unknown): void {
      clearTimeout(timer)
      child.off('message', settle)
      child.off('exit', ended)
      resolve(value)
    }
    child.once('message', settle)
    child.once('exit', ended)
  })
}
