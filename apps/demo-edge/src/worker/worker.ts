/** The Worker: one handler an isolate, one live session token for all of them. */
import { CodedError } from '@isoauth/core-crypto'
import { refusalAnswer } from '../answers.ts'
import { refusal } from '../errors.ts'
import { createHandler, type EdgeLogEntry, type Handler } from '../handler.ts'
import { PAGE } from '../page-texts.ts'
import { readSettings, type Variables } from '../settings.ts'
import type { SessionKeeper } from './session-keeper.ts'
import { importStoreKeys } from './store-keys.ts'
import { type VaultNamespace, vaultSharing } from './vault-sharing.ts'

export { SessionKeeper } from './session-keeper.ts'
export { TokenVault } from './token-vault.ts'

interface Env extends Variables {
  readonly TOKEN_VAULT: VaultNamespace
  readonly SESSION_KEEPER: KeeperNamespace
}

/** The binding of a Durable Object namespace, as far as it is used. */
interface KeeperNamespace {
  idFromName(name: string): unknown
  get(id: unknown): Pick<SessionKeeper, 'keep'>
}

/** All isolates must ask the same object. */
const KEEPER = 'brokerage-session'

const handlers = new WeakMap<Env, Promise<Handler>>()

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const ready = handlers.get(env) ?? makeHandler(env)
    handlers.set(env, ready)
    return ready.then((handle) => handle(request), notConfigured)
  },
}

async function makeHandler(env: Env): Promise<Handler> {
  const settings = readSettings(env)
  const storeKey = await importStoreKeys(settings)
  return createHandler(settings, {
    page: PAGE,
    log,
    sharing: { ...vaultSharing(env.TOKEN_VAULT), storeKey },
    keepSession: settings.keepSession && (() => keepSession(env)),
  })
}

/** Where the object cannot be reached the call goes on, and the broker says what it lacks. */
async function keepSession({ SESSION_KEEPER: namespace }: Env): Promise<void> {
  try {
    await namespace.get(namespace.idFromName(KEEPER)).keep()
  } catch (error) {
    console.error(JSON.stringify({ type: 'failed', name: error instanceof Error && error.name }))
  }
}

/** The log says which setting is wrong; the public does not need to know. */
function notConfigured(error: unknown): Response {
  const entry = error instanceof CodedError ? error : { name: 'Error', code: 'EDGE_INTERNAL' }
  console.error(JSON.stringify(entry))
  return refusalAnswer(refusal('EDGE_INTERNAL', 503, 'The edge is not configured: see its log.'))
}

function log(entry: EdgeLogEntry): void {
  if (entry.type !== 'handshake') console.log(JSON.stringify(entry))
}
