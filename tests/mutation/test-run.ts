/** The tests of one package in a process of their own, which is replaced when a mutant hangs it. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { PlainError } from '../../scripts/lib/process.mjs'
import { toolEnv } from '../../scripts/lib/setup.mjs'
import { root } from '../../scripts/lib/workspace.mjs'
import type { Mutant } from './mutants.ts'

/** What the process is asked: `mutant` null: the sources as they are; `likely`: the test files to run first. */
export interface Question {
  readonly mutant: Mutant | null
  readonly likely: readonly string[]
}

/** How the tests took it: what failed of them, empty where nothing did, and the file that it is in. */
export interface Answer {
  readonly failure: string
  readonly file?: string
}

export interface TestRun {
  /** Runs the tests until one fails. */
  run(question: Question, limitMs: number): Promise<Answer>
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
    async run(question, limitMs) {
      child ??= await start()
      child.send(question)
      const answer = await nextMessage(child, limitMs)
      if (answer === 'over') end()
      if (answer === 'over') return { failure: `more than ${Math.round(limitMs / 1000)} s` }
      if (answer === 'ended') {
        child = undefined
        return { failure: 'the process ended' }
      }
      return answer as Answer
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
