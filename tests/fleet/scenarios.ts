/** What is simulated, and what must hold in each part of it. */
import { type Counted, MINUTE_MS, type Simulation, simulate } from './simulation.ts'

const HOUR_MS = 60 * MINUTE_MS
/** Promised in the README. */
const TAKE_OVER_MS = 30_000
const TICKLES_PER_MINUTE = 1.2
/** While nobody hears of anybody: the broker takes 60 a minute. */
const TICKLES_UNHEARD = 6
const BUSIEST_SECOND = 4

const COLUMNS = [32, 9, 9, 9, 12, 11, 12] as const
const HEADS = ['', 'openings', 'tickles', 'busiest', 'store reads', 'writes', 'taken over']
const UNITS = ['', '', 'a minute', 'second', 'a minute', 'a minute', 'after']

/** Runs all of them, tells a line for each part, and gives the limits that were broken. */
export async function runScenarios(
  size: number,
  tell: (line: string) => void,
): Promise<readonly string[]> {
  const broken: string[] = []
  const row = (cells: readonly string[]) => {
    const padded = cells.map((cell, i) =>
      i === 0 ? cell.padEnd(COLUMNS[i] ?? 0) : cell.padStart(COLUMNS[i] ?? 0),
    )
    tell(padded.join(' ').trimEnd())
  }
  row(HEADS)
  row(UNITS)

  const part = async (name: string, about: Part) => {
    const { fleet, openings = 0, tickles = TICKLES_PER_MINUTE, run } = about
    const tookMs = await run()
    const counted = fleet.read()
    row([name, ...cellsOf(counted), tookMs === undefined ? '' : `${(tookMs / 1000).toFixed(1)} s`])
    const check = (isKept: boolean, limit: string) => {
      if (!isKept) broken.push(`${name}: ${limit}`)
    }
    check(counted.openings === openings, `${counted.openings} openings, not ${openings}`)
    check(
      about.isShort || counted.ticklesPerMinute <= tickles,
      `${counted.ticklesPerMinute.toFixed(1)} tickles a minute, more than ${tickles}`,
    )
    check(
      counted.busiestSecond <= BUSIEST_SECOND,
      `${counted.busiestSecond} tickles in one second, more than ${BUSIEST_SECOND}`,
    )
    check(
      (tookMs ?? 0) <= TAKE_OVER_MS,
      `nobody took over within ${TAKE_OVER_MS} ms (${tookMs} ms)`,
    )
    check(about.isLeaderless || fleet.keepers() === 1, `${fleet.keepers()} keepers, not one`)
    check(fleet.isOpenAtBroker(), 'the session is gone')
  }

  let fleet = await simulate({ size })
  const pass = (minutes: number) => async () => void (await fleet.pass(minutes * MINUTE_MS))
  const opened = { fleet, openings: 1, isShort: true }
  await part('all open', { ...opened, isLeaderless: true, run: pass(0) })
  await part('three quiet minutes', { fleet, run: pass(3) })
  await part('the keeper dies', { fleet, run: () => fleet.killKeeper(2 * MINUTE_MS) })
  await part('a minute later', { fleet, run: pass(1) })
  fleet.setStore(false)
  await part('the store is down for 5 minutes', { fleet, tickles: TICKLES_UNHEARD, run: pass(5) })
  fleet.loseKeeper()
  await part('and 5 more without the keeper', {
    ...{ fleet, tickles: TICKLES_UNHEARD, isLeaderless: true, run: pass(5) },
  })
  fleet.setStore(true)
  const back = { fleet, isShort: true, run: () => fleet.untilKept(2 * MINUTE_MS) }
  await part('the store is back', back)
  await part('a minute after that', { fleet, run: pass(1) })
  await fleet.close()

  fleet = await simulate({ size, clockSpreadMs: HOUR_MS })
  await part('clocks off by up to an hour', { fleet, openings: 1, isShort: true, run: pass(1) })
  await part('a quiet minute', { fleet, run: pass(1) })
  await part('the keeper dies ', { fleet, run: () => fleet.killKeeper(2 * MINUTE_MS) })
  await part('a minute later ', { fleet, run: pass(1) })
  await fleet.close()
  return broken
}

interface Part {
  readonly fleet: Simulation
  readonly openings?: number
  readonly tickles?: number
  /** Too short for a rate, or with the tickle that is part of an opening. */
  readonly isShort?: boolean
  /** Nobody keeps yet, or nobody can. */
  readonly isLeaderless?: boolean
  /** Gives how long it took to have a keeper again, where that is the subject. */
  readonly run: () => Promise<number | undefined>
}

function cellsOf(counted: Counted): string[] {
  const { openings, ticklesPerMinute, busiestSecond, readsPerMinute, writesPerMinute } = counted
  const isMoment = counted.minutes < 0.01
  const rate = (perMinute: number) => (isMoment ? '' : perMinute.toFixed(perMinute < 100 ? 1 : 0))
  return [
    String(openings),
    ...(isMoment ? [''] : [ticklesPerMinute.toFixed(1)]),
    String(busiestSecond),
    rate(readsPerMinute),
    rate(writesPerMinute),
  ]
}
