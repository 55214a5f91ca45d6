/** Starts the processes of a fleet, tells them what to do, and ends them by their ids. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { execPath } from 'node:process'
import type { SessionHealth } from '@isoauth/ibkr-session'
import type { CountedBroker } from './counted-broker.ts'
import type { Sharing } from './engine.ts'

/** What a process is to have. */
export interface Start {
  readonly type: 'start'
  readonly id: number
  readonly sharing: Sharing
  readonly oauth1: object
  /** Of AES-GCM, in Base64. */
  readonly storeKey: string
  /** How many members are in the process. */
  readonly size: number
  readonly intervalMs: number
}

/** What a process is told. */
export type Order =
  | Start
  | { readonly type: 'call'; readonly id: number; readonly callers: number }
  | { readonly type: 'health'; readonly id: number }
  | { readonly type: 'close'; readonly id: number }

/** What a process tells. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly id: number }
  /** What did not end with 200. */
  | { readonly type: 'called'; readonly id: number; readonly failures: readonly string[] }
  | { readonly type: 'health'; readonly id: number; readonly healths: readonly SessionHealth[] }
  | { readonly type: 'failed'; readonly id: number; readonly error: string }
  | { readonly type: 'event'; readonly member: number; readonly event: object }

/** One process. */
export interface Member {
  /** What its sessions and connections told. */
  readonly events: object[]
  start(): Promise<void>
  /** Calls the broker so often at once; gives what failed. */
  call(callers: number): Promise<readonly string[]>
  healths(): Promise<readonly SessionHealth[]>
  close(): Promise<void>
  kill(): Promise<void>
}

/** The processes of one fleet. */
export interface Fleet {
  /** Starts further processes and opens their sessions. */
  add(processes: number): Promise<readonly Member[]>
  /** Those that live. */
  living(): readonly Member[]
  /** Calls from all of them at once; gives what failed, each kind once. */
  callAll(callers: number): Promise<readonly string[]>
  /** The processes that keep the session, as they see it. */
  keepers(): Promise<readonly Member[]>
  close(): Promise<void>
}

/** Makes a fleet without a process. */
export function makeFleet(about: {
  readonly broker: CountedBroker
  readonly sharing: Sharing
  readonly intervalMs: number
  readonly membersEach?: number
}): Fleet {
  const { broker, sharing, intervalMs, membersEach: size = 1 } = about
  const storeKey = randomBytes(32).toString('base64')
  const { oauth1 } = broker.server.sandbox.credentials.ibkr
  const living = new Set<Member>()
  const make = (): Member => {
    const member = startProcess(
      { sharing, oauth1, storeKey, size, intervalMs },
      () => void living.delete(member),
    )
    living.add(member)
    return member
  }
  return {
    living: () => [...living],
    async add(processes) {
      const added = Array.from({ length: processes }, make)
      await Promise.all(added.map((member) => member.start()))
      return added
    },
    async callAll(callers) {
      const failures = await Promise.all([...living].map((member) => member.call(callers)))
      return [...new Set(failures.flat())]
    },
    async keepers() {
      const all = await Promise.all(
        [...living].map(async (member) => {
          const healths = await member.healths()
          return healths.filter(({ isKeeper }) => isKeeper).map(() => member)
        }),
      )
      return all.flat()
    },
    async close() {
      await Promise.all([...living].map((member) => member.close()))
    },
  }
}

function startProcess(start: Omit<Start, 'type' | 'id'>, onEnd: () => void): Member {
  const program = join(import.meta.dirname, 'member.ts')
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const
  const child: ChildProcess = spawn(execPath, ['--import', 'tsx', program], {
    cwd: import.meta.dirname,
    stdio: [...stdio],
  })
  const events: object[] = []
  const waiting = new Map<number, (report: Report) => void>()
  let orders = 0
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ready = new Promise<void>((resolve) => {
    child.on('message', (report: Report) => {
      if (report.type === 'ready') return resolve()
      if (report.type === 'event') return void events.push(report.event)
      waiting.get(report.id)?.(report)
      waiting.delete(report.id)
    })
  })
  ended.then(() => {
    onEnd()
    for (const [id, settle] of waiting) settle({ type: 'failed', id, error: 'the process ended' })
  })

  async function tell(order: (id: number) => Order): Promise<Report> {
    await Promise.race([ready, ended])
    if (child.exitCode !== null) throw new Error('the process ended')
    const id = orders++
    const answer = new Promise<Report>((resolve) => waiting.set(id, resolve))
    child.send(order(id))
    const report = await answer
    if (report.type === 'failed') throw new Error(report.error)
    return report
  }

  return {
    events,
    start: async () => void (await tell((id) => ({ type: 'start', id, ...start }))),
    async call(callers) {
      const report = await tell((id) => ({ type: 'call', id, callers }))
      return report.type === 'called' ? report.failures : [report.type]
    },
    async healths() {
      const report = await tell((id) => ({ type: 'health', id }))
      return report.type === 'health' ? report.healths : []
    },
    async close() {
      await tell((id) => ({ type: 'close', id })).catch(() => {})
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
      await ended
      clearTimeout(timer)
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
