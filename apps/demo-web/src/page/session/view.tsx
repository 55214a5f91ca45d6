/** The session page: a brokerage session and a stream live, and a button that cuts the line. */
import { CodedError, hasCode } from '@isoauth/core-crypto'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { isNoAnswer, NO_ANSWER } from '../handshake/service.ts'
import { forgetSession, sandboxSession } from '../memory.ts'
import { Status, type Tone } from '../view/status.tsx'
import { Chart } from './chart.tsx'
import type { LiveSession } from './live-session.ts'
import { CLOSED, type Snapshot } from './snapshot.ts'

export function SessionView() {
  const [snapshot, show] = useState<Snapshot>(CLOSED)
  const [problem, setProblem] = useState<string>()
  /** Another page, or another platform, has the session. */
  const [isTaken, setIsTaken] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [live, setLive] = useState<LiveSession>()
  /** Its buttons come and go with the click that opens or closes it: nothing moves later, under a hand. */
  const [isOn, setIsOn] = useState(false)
  const primary = useRef<HTMLButtonElement>(null)

  /** Runs what a person asked for; what fails is said. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    if (isBusy) return
    setIsBusy(true)
    setProblem(undefined)
    setIsTaken(false)
    try {
      await work()
    } catch (error) {
      setProblem(wordsOf(error))
      setIsTaken(hasCode(error, 'IBKR_SESSION_COMPETING'))
    } finally {
      setIsBusy(false)
    }
  }

  const open = (compete: boolean) =>
    attempt(async () => {
      show({ ...CLOSED, session: 'opening' })
      setIsOn(true)
      try {
        // Loaded when it is wanted: the other pages do without it.
        const { openLiveSession } = await import('./live-session.ts')
        const openIt = async () => openLiveSession(await sandboxSession(), { compete, show })
        setLive(
          await openIt().catch((error: unknown) => {
            if (!hasCode(error, 'IBKR_OAUTH1_CONSUMER_INVALID')) throw error
            // The sandbox was started anew since the handshake, and knows no consumer of before.
            forgetSession()
            return openIt()
          }),
        )
      } catch (error) {
        show(CLOSED)
        setIsOn(false)
        throw error
      }
    })
  const close = () =>
    attempt(async () => {
      setIsOn(false)
      try {
        await live?.close()
      } finally {
        setLive(undefined)
      }
    })

  const last = snapshot.ticks.at(-1)
  return (
    <>
      <h1 tabIndex={-1}>Session and stream</h1>
      <p class="lead">
        A brokerage session that is kept alive, and a stream that heals itself. Cut the line, and
        see what is told of what was missed.
      </p>
      <section class="controls many bar-on-phones" aria-label="Controls">
        <div class="buttons">
          <button
            type="button"
            class={live ? 'second' : 'primary'}
            ref={primary}
            aria-disabled={isBusy}
            onClick={() => void (live ? close() : open(false))}
          >
            {live ? 'Close the session' : 'Open the session'}
          </button>
          {isTaken && (
            <button
              type="button"
              class="second"
              onClick={() => {
                // This button goes; the keyboard goes on at the one that stays.
                primary.current?.focus({ preventScroll: true })
                void open(true)
              }}
            >
              Take it over
            </button>
          )}
          {isOn && (
            <>
              <button
                type="button"
                class={live ? 'primary' : 'second'}
                aria-disabled={isBusy}
                onClick={() => void (live && attempt(live.cut))}
              >
                Cut the line
              </button>
              <button
                type="button"
                class="second"
                aria-disabled={isBusy}
                onClick={() => void (live && attempt(live.lose))}
              >
                End it at the broker
              </button>
            </>
          )}
        </div>
        <Status {...summary(snapshot, problem)} isWhole />
      </section>
      <div class="live">
        <section class="quote" aria-labelledby="prices">
          <h2 id="prices">Prices</h2>
          <p class="last">{last ? last.price.toFixed(2) : '–'}</p>
          <Chart ticks={snapshot.ticks} gaps={snapshot.gaps} nowMs={last ? Date.now() : 0} />
          <p class="hint">
            The last 30 seconds. The dashed part is a gap: nothing is known of it, and no line is
            drawn over it.
          </p>
        </section>
        <section aria-labelledby="state">
          <h2 id="state">State</h2>
          <dl class="facts">
            <Fact name="Session" value={stateOf(snapshot)} />
            <Fact name="Opened" value={times(snapshot.epoch)} />
            <Fact name="Last tickle" value={age(snapshot.lastTickleAtMs)} />
            <Fact name="Stream" value={snapshot.stream} />
            <Fact name="Sockets" value={String(snapshot.connections)} />
            <Fact name="Ticks" value={String(snapshot.ticks.length)} />
            <Fact name="Gaps" value={String(snapshot.gaps.length)} />
          </dl>
        </section>
        <section class="told" aria-labelledby="told">
          <h2 id="told">What it told</h2>
          <Log entries={snapshot.entries} />
        </section>
      </div>
    </>
  )
}

const WORDS: Readonly<Record<Snapshot['session'], string>> = {
  new: 'not open',
  opening: 'opening',
  open: 'open',
  lost: 'lost, is opened again',
  'given-up': 'given up',
  closed: 'closed',
}

/** What is taken by another page comes back only with the end of its session. */
function stateOf({ session, isTaken }: Snapshot): string {
  return session === 'lost' && isTaken ? 'taken by another page' : WORDS[session]
}

/** What was told, the newest last and in sight. */
function Log({ entries }: Pick<Snapshot, 'entries'>) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const { current } = box
    if (current) current.scrollTop = current.scrollHeight
  }, [entries])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls only what has the focus
    <div class="log" ref={box} role="log" aria-labelledby="told" tabIndex={0}>
      {entries.length === 0 && <p class="hint">Nothing yet.</p>}
      <ol>
        {entries.map(({ atMs, tone, text }) => (
          <li key={`${atMs} ${text}`} class={tone}>
            <time>{new Date(atMs).toLocaleTimeString()}</time> {text}
          </li>
        ))}
      </ol>
    </div>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function summary(
  snapshot: Snapshot,
  problem: string | undefined,
): { readonly tone: Tone; readonly text: string } {
  const { session, stream, gaps } = snapshot
  if (problem !== undefined) return { tone: 'bad', text: problem }
  if (session === 'new') return { tone: 'idle', text: 'No session is open.' }
  if (session === 'opening') return { tone: 'busy', text: 'Opening the session …' }
  if (session === 'closed') return { tone: 'idle', text: 'The session is closed.' }
  if (session !== 'open') return { tone: 'bad', text: `The session is ${stateOf(snapshot)}.` }
  if (stream !== 'open') return { tone: 'bad', text: 'The line is cut; another socket is opened …' }
  if (gaps.length === 0) return { tone: 'good', text: 'The session is open and the stream runs.' }
  return {
    tone: 'good',
    text: `The stream runs again, after ${gaps.length === 1 ? 'a gap' : `${gaps.length} gaps`}.`,
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

function age(atMs: number | undefined): string {
  return atMs === undefined ? '–' : `${Math.max(0, Math.round((Date.now() - atMs) / 1000))} s ago`
}

/** Messages of this project hold no secret; those of others stay here. */
function wordsOf(error: unknown): string {
  if (isNoAnswer(error)) return NO_ANSWER
  if (hasCode(error, 'IBKR_SESSION_COMPETING')) {
    return 'Another page has the session, or this one had it before it was loaded again. Take it over, which ends theirs.'
  }
  if (error instanceof CodedError) return `${error.message} (${error.code})`
  return error instanceof Error && error.message !== '' ? error.message : NO_ANSWER
}
