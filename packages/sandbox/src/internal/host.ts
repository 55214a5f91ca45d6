/** A core with its clock: what is moved ahead by `advance`, and begun anew by `reset`. */
import { type Core, createCore } from './core.ts'
import { DURATION, isDuration, optionError } from './errors.ts'
import type { SandboxSettings } from './options.ts'
import { provision } from './provision.ts'
import { reprovision, restore, type SandboxState } from './state/sandbox-state.ts'

export interface Host {
  /** The present one; another after `reset`. */
  readonly core: Core
  readonly now: () => number
  advance(ms: number): void
  reset(): void
}

/** `state` is what an earlier host left. */
export async function createHost(settings: SandboxSettings, state?: SandboxState): Promise<Host> {
  const fresh = await provision(settings)
  const provisioned = state === undefined ? fresh : reprovision(fresh, state)
  let aheadMs = 0
  const now = () => settings.now() + aheadMs
  let core = createCore({ ...settings, now }, provisioned)
  if (state !== undefined) await restore(core, state)
  return {
    get core() {
      return core
    },
    now,
    advance(ms) {
      if (!isDuration(ms)) throw optionError('ms', `milliseconds, ${DURATION}`)
      aheadMs += ms
      core.broker.run()
    },
    reset() {
      core.broker.stream.close(1001, 'the sandbox was reset')
      aheadMs = 0
      core = createCore({ ...settings, now }, provisioned)
    },
  }
}
