/** The handshake page: the drawing of what will happen, the run, and what the inspector may take over. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { TrailStep } from '../../trail.ts'
import { rememberRequest, rememberSession } from '../memory.ts'
import type { ViewProps } from '../router.ts'
import { duration } from '../view/duration.ts'
import { Sequence } from '../view/sequence.tsx'
import { Status, type Tone } from '../view/status.tsx'
import { isMistake, MISTAKES, type Mistake } from './mistakes.ts'
import { LANES, PLAN } from './plan.ts'
import { createRunner, type Runner } from './runner.ts'

interface Run {
  readonly runner: Runner
  /** Whether a request was signed, which the inspector may take over. */
  readonly hasRequest: () => boolean
  readonly steps: readonly TrailStep[]
  readonly isBusy: boolean
}

export function HandshakeView({ go }: ViewProps) {
  const [mistake, setMistake] = useState<Mistake>('none')
  const [{ runner, hasRequest, steps, isBusy }, setRun] = useState<Run>(() => newRun('none'))
  const primary = useRef<HTMLButtonElement>(null)
  const isOver = !isBusy && runner.next === undefined

  function restart(chosen: Mistake): void {
    if (isBusy) return
    setMistake(chosen)
    setRun(newRun(chosen))
  }

  async function run(howMany: number): Promise<void> {
    if (isBusy) return
    for (let left = howMany; left > 0 && runner.next; left--) {
      setRun((before) => ({ ...before, isBusy: true }))
      const done = await runner.run()
      if (runner.session) rememberSession(runner.session)
      setRun((before) => ({ ...before, steps: [...before.steps, done] }))
      // One frame for each step, so that a run is seen.
      await new Promise(requestAnimationFrame)
    }
    setRun((before) => ({ ...before, isBusy: false }))
  }

  // The button of a single step is gone at the end; the keyboard goes on at what can be done then.
  const lostFocus = useRef(false)
  useLayoutEffect(() => {
    if (isOver && lostFocus.current) primary.current?.focus({ preventScroll: true })
    lostFocus.current = false
  }, [isOver])

  const rows = PLAN.map((planned, index) => ({
    ...planned,
    step: steps[index],
    isRunning: isBusy && index === steps.length,
  }))
  return (
    <>
      <h1 tabIndex={-1}>The OAuth 1.0a handshake</h1>
      <p class="lead">
        From fresh keys to an authorized call, in this browser, against a strict stand-in for the
        broker.
      </p>
      <div class="head-row">
        <section class="controls bar-on-phones" aria-label="Controls">
          <div class="buttons">
            <button
              type="button"
              class="primary"
              ref={primary}
              aria-disabled={isBusy}
              onClick={() => (isOver ? restart(mistake) : void run(PLAN.length))}
            >
              {isOver ? 'Start again' : 'Run all'}
            </button>
            {!isOver && (
              <button
                type="button"
                class="second"
                aria-disabled={isBusy}
                onClick={() => {
                  lostFocus.current = true
                  void run(1)
                }}
              >
                Run step {Math.min(steps.length + 1, PLAN.length)}
              </button>
            )}
            {isOver && hasRequest() && (
              <button type="button" class="second" onClick={() => go('/inspector')}>
                Inspect the request
              </button>
            )}
          </div>
          <Status {...summary(runner, steps, isBusy)} />
        </section>
        <div class="choice">
          <label for="mistake">Make a mistake</label>
          <select
            id="mistake"
            value={mistake}
            aria-disabled={isBusy}
            onChange={({ currentTarget }) => {
              if (isBusy || !isMistake(currentTarget.value)) currentTarget.value = mistake
              else restart(currentTarget.value)
            }}
          >
            {Object.entries(MISTAKES).map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </div>
      </div>
      <h2 class="visually-hidden">Steps</h2>
      <Sequence lanes={LANES} label="Steps of the handshake" rows={rows}>
        <h3>What will happen</h3>
        <p>
          Twelve steps take this page from nothing to a call that the broker accepts. Choose one to
          read what it does; run them all, or one at a time, to see the bytes.
        </p>
        <dl class="key">
          <dt>
            <svg aria-hidden="true" focusable="false">
              <rect class="work" x="16" y="2" width="11" height="20" rx="2" />
            </svg>
          </dt>
          <dd>work that is done in one place</dd>
          <dt>
            <svg aria-hidden="true" focusable="false">
              <path class="arrow" d="M0,12 H34" />
              <path class="tip" d="M27,7 L35,12 L27,17" />
            </svg>
          </dt>
          <dd>what travels, and what it carries</dd>
        </dl>
        <p class="hint">
          The private keys, the secret and the token are shown on request only. Nothing is stored,
          and nothing leaves this machine.
        </p>
      </Sequence>
    </>
  )
}

function newRun(mistake: Mistake): Run {
  let isSigned = false
  const runner = createRunner({
    origin: location.origin,
    fetch: (input, init) => fetch(input, init),
    mistake,
    onRequest: (request) => {
      isSigned = true
      rememberRequest(request)
    },
  })
  return { runner, hasRequest: () => isSigned, steps: [], isBusy: false }
}

function summary(
  runner: Runner,
  steps: readonly TrailStep[],
  isBusy: boolean,
): { readonly tone: Tone; readonly text: string } {
  const { length } = steps
  const last = steps.at(-1)
  if (isBusy) return { tone: 'busy', text: `Step ${length + 1}: ${PLAN[length]?.title ?? ''} …` }
  if (last === undefined) return { tone: 'idle', text: `Next: ${PLAN[0]?.title}.` }
  if (last.failure) {
    return { tone: 'bad', text: `Step ${length} failed: ${last.title}. ${last.failure.message}` }
  }
  if (runner.next === undefined) return { tone: 'good', text: `All ${length} steps succeeded.` }
  const text = `Step ${length} done in ${duration(last.ms)}. Next: ${runner.next.title}.`
  return { tone: 'idle', text }
}
