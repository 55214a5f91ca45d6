/**
 * What a signal ends, in every state: the call rejects at once with the signal's reason, nothing goes out any more,
 * nothing stays on the signal or on a timer, whoever shares the work is served, and the client works on.
 */
import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { type BrokerageSession, createBrokerageSession } from '@isoauth/ibkr-session'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { failure, settle, wrong } from '../support/index.ts'
import {
  type Given,
  type Moment,
  ROWS,
  type Row,
  STATES,
  type State,
  type Use,
} from './aborts/rows.ts'
import { at, newStage, type Stage } from './aborts/stage.ts'
import { watchTimers } from './aborts/timers.ts'

const timers = watchTimers()
/** Every deadline is longer by far. */
const PROMPT_MS = 2000

const collect = (() => {
  setFlagsFromString('--expose_gc')
  return runInNewContext('gc') as () => void
})()

const lost: unknown[] = []
process.on('unhandledRejection', (reason) => lost.push(reason))
afterEach(() => expect(lost.splice(0)).toEqual([]))

/** What is not there after so long a time is late. */
async function promptly<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('It is late.')), PROMPT_MS)
  })
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** What is still there after so long a time stays: timers that look now and then come to their end. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 3000, interval: 20 })

/** Nothing stays: an answer that nobody reads any more may hold its listener until it is collected. */
async function expectNothingOn(signal: AbortSignal): Promise<void> {
  await eventually(() => {
    collect()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
}

interface Ended {
  readonly row: Row
  readonly stage: Stage
  readonly use: Use
  readonly moment: Moment
  readonly before: ReadonlyMap<unknown, string>
}

/** What holds for a client from the moment on in which its caller has left. */
async function expectToWorkOn({ row, stage, use, moment, before }: Ended): Promise<void> {
  const sent = stage.sent()
  await eventually(() => {
    const left = [...timers.live()]
      .filter(([timer]) => !before.has(timer))
      .map(([, place]) => place)
    expect(left.filter((place) => !row.keeps || !place.includes(row.keeps))).toEqual([])
  })
  await settle()
  expect(stage.sent()).toBe(sent)
  moment.after?.(stage)
  await promptly(use.again?.() ?? use.call({}))
}

const reasonOf = (text: string) => new Error(text)

async function endBeforehand(row: Row, moment: Moment): Promise<void> {
  const stage = await newStage()
  const use = await row.make(stage)
  const [before, sent] = [timers.live(), stage.sent()]
  const reason = reasonOf('beforehand')
  const signal = AbortSignal.abort(reason)
  expect(await failure(() => promptly(use.call({ signal })))).toBe(reason)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  await settle()
  expect(stage.sent()).toBe(sent)
  await expectToWorkOn({ row, stage, use, moment, before })
}

async function endAfterwards(row: Row, moment: Moment): Promise<void> {
  const stage = await newStage()
  const use = await row.make(stage)
  const before = timers.live()
  const controller = new AbortController()
  await (async () => {
    const given = await use.call({ signal: controller.signal })
    if (given instanceof Response) await given.arrayBuffer()
  })()
  await expectNothingOn(controller.signal)
  const sent = stage.sent()
  controller.abort(reasonOf('afterwards'))
  await settle()
  expect(stage.sent()).toBe(sent)
  await expectToWorkOn({ row, stage, use, moment, before })
}

/** A client in the state, before the call. */
async function begin(row: Row, moment: Moment) {
  const stage = await newStage()
  const use = await row.make(stage)
  await moment.prepare?.(stage, use)
  const before = timers.live()
  const hold = moment.hold?.(stage, use)
  const controller = new AbortController()
  return { stage, use, before, hold, controller, signal: controller.signal }
}

async function endJoined(row: Row, moment: Moment, isFirst: boolean): Promise<void> {
  const { stage, use, before, hold, controller, signal } = await begin(row, moment)
  const other = () => use.other?.() ?? use.call({})
  const mine = (given: Given) => failure(() => promptly(use.call(given)))
  let shared: Promise<unknown> | undefined
  if (!isFirst) {
    shared = other()
    await hold?.arrived
  }
  const ended = mine({ signal })
  await hold?.arrived
  if (isFirst) shared = other()
  await settle()
  const reason = reasonOf('mine')
  controller.abort(reason)
  expect(await ended).toBe(reason)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  hold?.release()
  await promptly(Promise.resolve(shared))
  await expectToWorkOn({ row, stage, use, moment, before })
}

async function endWhile(row: Row, moment: Moment): Promise<void> {
  const { stage, use, before, hold, controller, signal } = await begin(row, moment)
  const call = use.call({ signal })
  const ended = moment.isAnswered
    ? failure(async () => await ((await call) as Response).text())
    : failure(() => call)
  await promptly(hold?.arrived ?? settle())
  const sent = stage.sent()
  const reason = reasonOf('mine')
  controller.abort(reason)
  expect(await promptly(ended)).toBe(reason)
  if (moment.isAnswered) await expectNothingOn(signal)
  else expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  await settle()
  expect(stage.sent()).toBe(sent)
  hold?.release()
  await settle()
  expect(stage.sent()).toBe(sent)
  await expectToWorkOn({ row, stage, use, moment, before })
}

describe.each(Object.entries(ROWS))('%s', (_name, row) => {
  const cells = STATES.map((state) => [state, row.cells[state]] as const)
  const there = cells.filter(
    (cell): cell is readonly [State, Moment] => typeof cell[1] !== 'string',
  )
  it.each(there)('%s', async (state, moment) => {
    if (state === 'aborted beforehand') await endBeforehand(row, moment)
    else if (state === 'after its end') await endAfterwards(row, moment)
    else if (state === "while another caller's sign-in is joined") {
      await endJoined(row, moment, false)
      await endJoined(row, moment, true)
    } else await endWhile(row, moment)
  })
})

describe('keepAlive', () => {
  /** An open session that is kept, and looked after once. */
  async function keep(...signals: readonly AbortSignal[]) {
    const stage = await newStage()
    const { sandbox, fetch, now } = stage
    const connection = createIbkrOAuth1({ ...sandbox.credentials.ibkr.oauth1, fetch, now })
    const session = createBrokerageSession({ connection, now })
    await session.open({ compete: true })
    const before = timers.live()
    for (const signal of signals) session.keepAlive({ signal })
    const expectStopped = async () => {
      const sent = stage.sent()
      stage.time.now += 600_000
      await settle()
      expect(stage.sent()).toBe(sent)
      expect(session.health().isKeeper).toBe(false)
      expect([...timers.live()].filter(([timer]) => !before.has(timer))).toEqual([])
    }
    return { stage, session, expectStopped }
  }

  it('never starts by a signal that has aborted beforehand', async () => {
    const signal = AbortSignal.abort()
    const { session, expectStopped } = await keep(signal)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    await expectStopped()
    await session.close()
  })

  it('ends by its signal between two steps', async () => {
    const controller = new AbortController()
    const { session, expectStopped } = await keep(controller.signal)
    await settle()
    controller.abort()
    await expectStopped()
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    await session.close()
  })

  it('ends by its signal while a tickle is on the wire, which is not taken for a failure', async () => {
    const controller = new AbortController()
    const { stage, session, expectStopped } = await keep()
    const hold = stage.holdRequest(at('/tickle'))
    stage.time.now += 120_000
    session.keepAlive({ signal: controller.signal })
    await hold.arrived
    controller.abort()
    await settle()
    hold.release()
    await expectStopped()
    expect(session.health()).toMatchObject({ state: 'open', waitingUntilMs: undefined })
    await session.close()
  })

  it.each<[string, (session: BrokerageSession, stop: () => void) => unknown]>([
    ['the function that it gave', (_session, stop) => stop()],
    ['close', (session) => session.close()],
    ['another call without a signal', (session) => session.keepAlive()],
  ])('leaves nothing on its signal once it is ended by %s', async (_end, end) => {
    const controller = new AbortController()
    const { session } = await keep()
    const stop = session.keepAlive({ signal: controller.signal })
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    await end(session, stop)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    controller.abort()
    await session.close()
  })

  it('called a hundred times on one signal has one listener there', async () => {
    const controller = new AbortController()
    const { session, expectStopped } = await keep(...Array(100).fill(controller.signal))
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    controller.abort()
    await expectStopped()
    await session.close()
  })
})

describe('exclusive, which takes no signal', () => {
  it('gives the turn on when its work is ended by one', async () => {
    const stage = await newStage()
    const { sandbox, fetch, now } = stage
    const connection = createIbkrOAuth1({ ...sandbox.credentials.ibkr.oauth1, fetch, now })
    const session = createBrokerageSession({ connection, now })
    await session.open({ compete: true })
    const hold = stage.holdRequest(at('/portfolio/accounts'))
    const controller = new AbortController()
    const { signal } = controller
    const first = failure(() =>
      session.exclusive(async () => await session.fetch('/portfolio/accounts', { signal })),
    )
    const next = session.exclusive(async () => 'the next one')
    await hold.arrived
    const reason = reasonOf('enough')
    controller.abort(reason)
    expect(await promptly(first)).toBe(reason)
    expect(await promptly(next)).toBe('the next one')
    await session.close()
  })
})

describe('an open stream', () => {
  it('is closed by its signal, and leaves nothing on it either way', async () => {
    const stage = await newStage()
    const { sandbox, fetch, now, webSocket } = stage
    const connection = createIbkrOAuth1({ ...sandbox.credentials.ibkr.oauth1, fetch, now })
    const session = createBrokerageSession({ connection, now })
    await session.open({ compete: true })
    const before = timers.live()
    for (const end of ['its signal', 'close', 'the session']) {
      const controller = new AbortController()
      const { signal } = controller
      const stream = await session.openStream({ webSocket: wrong(webSocket), signal })
      if (end === 'its signal') controller.abort()
      else if (end === 'close') await stream.close()
      else await session.close()
      expect(stream.health().state).toBe('closed')
      expect(getEventListeners(signal, 'abort')).toHaveLength(0)
      const sent = stage.sent()
      controller.abort()
      await settle()
      expect(stage.sent()).toBe(sent)
    }
    await eventually(() => {
      expect([...timers.live()].filter(([timer]) => !before.has(timer))).toEqual([])
    })
  })
})
