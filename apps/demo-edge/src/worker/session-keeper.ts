/**
 * The Durable Object that keeps the brokerage session: there is one in the world, so there is one keeper. It sleeps
 * between two tickles, and its alarm wakes it for the next step, also where it was moved or evicted meanwhile.
 */
import { DurableObject, type DurableObjectState, waitUntil } from 'cloudflare:workers'
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { type BrokerageSession, createBrokerageSession } from '@isoauth/ibkr-session'
import { readSettings, type Variables } from '../settings.ts'
import { importStoreKeys } from './store-keys.ts'
import { type VaultNamespace, vaultSharing } from './vault-sharing.ts'

/** What the object needs of its environment. */
export interface KeeperEnv extends Variables {
  readonly TOKEN_VAULT: VaultNamespace
}

interface Kept {
  readonly session: BrokerageSession
  readonly compete: boolean
}

export class SessionKeeper extends DurableObject {
  readonly #env: KeeperEnv
  #kept: Promise<Kept> | undefined
  #opening: Promise<void> | undefined

  constructor(ctx: DurableObjectState, env: KeeperEnv) {
    super(ctx, env)
    this.#env = env
  }

  /** Begins to keep the session, unless that is so; resolves once it was opened, or could not be. */
  async keep(): Promise<void> {
    if (this.#opening === undefined && (await this.ctx.storage.getAlarm()) !== null) return
    this.#opening ??= this.alarm().finally(() => {
      this.#opening = undefined
    })
    await this.#opening
  }

  /** Makes a step, and sets the next alarm by it; none where the broker refuses the credentials. */
  async alarm(): Promise<void> {
    this.#kept ??= makeSession(this.#env)
    const { session, compete } = await this.#kept
    const { state } = session.health()
    if (state === 'new' || state === 'given-up') {
      // An object that was evicted finds the session open, and opens none. A failure was told as an event.
      await session.open({ compete }).catch(() => {})
    }
    const { nextStepAtMs } = await session.step()
    if (nextStepAtMs !== undefined) await this.ctx.storage.setAlarm(nextStepAtMs)
  }
}

async function makeSession(env: KeeperEnv): Promise<Kept> {
  const settings = readSettings(env)
  const storeKey = await importStoreKeys(settings)
  const sharing = { ...vaultSharing(env.TOKEN_VAULT), storeKey }
  const connection = createIbkrOAuth1({ ...settings.ibkr, ...sharing })
  const onEvent = (event: object) => console.log(JSON.stringify(event))
  const session = createBrokerageSession({ connection, waitUntil, onEvent })
  return { session, compete: settings.keepSession === 'compete' }
}
