/**
 * One user name, many processes, a real engine that they share, and the sandbox over sockets.
 *
 * The minute between two tickles is shortened (`intervalMs`) where nothing depends on it; the signs of life, the
 * silence after which a keeper is taken for dead, and the minute without the engine are the real ones.
 */
import { describe, expect, it, type TestContext, vi } from 'vitest'
import { type CountedBroker, HANDSHAKE, INIT, startBroker, TICKLE } from './counted-broker.ts'
import type { Engine, RunningEngine } from './engine.ts'
import { type Fleet, type Member, makeFleet } from './members.ts'

const PROCESSES = 8
const CALLERS = 100

interface Setup {
  readonly broker: CountedBroker
  readonly running: RunningEngine
  readonly fleet: Fleet
}

async function setUp(
  engine: Engine,
  { onTestFinished }: TestContext,
  about: { readonly intervalMs: number; readonly membersEach?: number },
  options: Parameters<typeof startBroker>[0] = {},
): Promise<Setup> {
  const [broker, running] = await Promise.all([startBroker(options), engine.start()])
  const fleet = makeFleet({ broker, sharing: running.sharing, ...about })
  onTestFinished(async () => {
    await fleet.close()
    await Promise.all([running.remove(), broker.server.close({ timeoutMs: 100 })])
  })
  return { broker, running, fleet }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function oneKeeper(fleet: Fleet): Promise<Member> {
  let keepers: readonly Member[] = []
  const isOne = async () => {
    keepers = await fleet.keepers()
    expect(keepers).toHaveLength(1)
  }
  await vi.waitFor(isOne, { timeout: 60_000, interval: 500 })
  return keepers[0] as Member
}

const told = (fleet: Fleet, type: string) =>
  fleet
    .living()
    .flatMap(({ events }) => events)
    .filter((event) => (event as { readonly type: string }).type === type)

/** What must hold of a fleet on any engine. */
export function describeFleet(engine: Engine): void {
  const { name, missing, isEmptyWhenBack } = engine
  describe.skipIf(missing !== undefined)(
    `on ${name}${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    () => {
      it.concurrent('8 processes with 100 callers each: one handshake, one opening, one keeper; and again when the keeper is killed while it renews', async (context) => {
        // The token lives so long that all processes are there before it ends, however slow the machine.
        const lifeMs = 60_000
        const { broker, fleet } = await setUp(
          engine,
          context,
          { intervalMs: 3000 },
          { liveSessionTokenLifetimeMs: lifeMs },
        )
        await fleet.add(PROCESSES)
        expect(await fleet.callAll(CALLERS)).toEqual([])
        const keeper = await oneKeeper(fleet)
        expect([broker.count(HANDSHAKE), broker.count(INIT)]).toEqual([1, 1])

        // Only the keeper calls now, so it is the one that renews in the last tenth of the token's life.
        const release = await broker.hold(HANDSHAKE)
        await keeper.kill()
        release('refused')
        expect(fleet.living()).toHaveLength(PROCESSES - 1)
        const killedAtMs = Date.now()
        expect(await fleet.callAll(CALLERS)).toEqual([])
        const servedMs = Date.now() - killedAtMs
        // The first one, the one that died with its asker, and one more.
        expect(broker.count(HANDSHAKE)).toBe(3)
        expect(broker.server.sandbox.counts.handshakes).toBe(2)
        const next = await oneKeeper(fleet)
        const takenOverMs = Date.now() - killedAtMs
        expect(next).not.toBe(keeper)
        expect(await fleet.callAll(CALLERS)).toEqual([])
        expect(broker.count(INIT)).toBe(1)
        expect(told(fleet, 'lost')).toEqual([])
        console.info(
          `${name}, keeper killed while it renewed: 700 callers answered after ${servedMs} ms, the next keeper after ${takenOverMs} ms`,
        )
      }, 300_000)

      it.concurrent('gone for a minute, and back: nobody fails, the session stays, nobody signs in again but who is new', async (context) => {
        const { broker, running, fleet } = await setUp(engine, context, { intervalMs: 5000 })
        await fleet.add(PROCESSES)
        expect(await fleet.callAll(CALLERS)).toEqual([])
        await oneKeeper(fleet)
        const before = broker.count(TICKLE)
        const stoppedAtMs = Date.now()
        await running.stop()
        while (Date.now() - stoppedAtMs < 60_000) {
          expect(await fleet.callAll(CALLERS)).toEqual([])
          await sleep(10_000)
        }
        const tickles = broker.count(TICKLE) - before
        const stoppedMs = Date.now() - stoppedAtMs
        // One keeper all the while: nobody else tickles within four minutes.
        expect(await fleet.keepers()).toHaveLength(1)
        expect(tickles).toBeLessThanOrEqual((stoppedMs / 5000) * 1.2 + 1)
        expect(tickles).toBeGreaterThanOrEqual(stoppedMs / 5000 / 3)
        await running.start()
        // A client tries to connect again after two seconds at the latest; by then the keeper has written what it knows.
        await sleep(10_000)

        expect(await fleet.callAll(CALLERS)).toEqual([])
        await oneKeeper(fleet)
        expect([broker.count(HANDSHAKE), broker.count(INIT)]).toEqual([1, 1])
        expect(told(fleet, 'lost')).toEqual([])
        expect(told(fleet, 'store-failed').length).toBeGreaterThan(0)

        // Where the token is in the memory of the others alone, a process that starts now signs in, and that ends theirs.
        await fleet.add(1)
        expect(await fleet.callAll(CALLERS)).toEqual([])
        expect([broker.count(HANDSHAKE), broker.count(INIT)]).toEqual([isEmptyWhenBack ? 2 : 1, 1])
        expect(told(fleet, 'lost')).toEqual([])
        console.info(
          `${name} gone for ${stoppedMs} ms: ${tickles} tickles at one each 5 s, ${broker.count(HANDSHAKE)} handshakes`,
        )
      }, 300_000)

      it.concurrent('60 members tickle no more than 1.2 times for each interval in all', async (context) => {
        // Six processes with ten members, an interval of 5 s in place of a minute.
        const intervalMs = 5000
        const { broker, fleet } = await setUp(engine, context, { intervalMs, membersEach: 10 })
        await fleet.add(6)
        await oneKeeper(fleet)
        const beginMs = Date.now()
        await sleep(40_000)
        const tickles = broker.times(TICKLE).filter((atMs) => atMs >= beginMs).length
        const intervals = (Date.now() - beginMs) / intervalMs
        await oneKeeper(fleet)
        expect(tickles / intervals).toBeLessThanOrEqual(1.2)
        expect(tickles).toBeGreaterThan(0)
        expect([broker.count(HANDSHAKE), broker.count(INIT)]).toEqual([1, 1])
        console.info(
          `${name}, 60 members: ${(tickles / intervals).toFixed(2)} tickles for each interval`,
        )
      }, 300_000)
    },
  )
}
