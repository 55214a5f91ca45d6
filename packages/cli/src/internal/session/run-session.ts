/** One brokerage session of the command: signed in, made, and handed to what was asked. */
import { type BrokerageSession, createBrokerageSession } from '@isoauth/ibkr-session'
import { configOf } from '../commands/options.ts'
import type { SessionAction, SessionOptions } from '../commands/session-options.ts'
import type { LoadedConfig } from '../config/load.ts'
import { type Context, writeJson } from '../context.ts'
import { argumentsInvalid, configInvalid } from '../errors.ts'
import { FAILED } from '../exit-status.ts'
import { watchHost } from '../network.ts'
import { connect } from '../request/services.ts'
import { tokenCacheFor } from '../request/token-cache.ts'
import { watchSession } from './watch-session.ts'
import { describeStatus } from './words.ts'

/** Does what was asked; sets the exit status by it. */
export async function runSession(
  context: Context,
  action: SessionAction,
  options: SessionOptions,
): Promise<void> {
  context.isJson = options.json === true
  const { io } = context
  const { signal, now } = io
  const config = await configOf(context, options)
  const service = options.service ?? serviceOf(config)
  if (service === 'ibkr-sso' && action === 'open') throw openAloneError()
  const connection = await connect(config, service, {
    fetch: watchHost(globalThis.fetch, context.hosts),
    now,
    signal,
    timeoutMs: undefined,
    cache: await tokenCacheFor(config, options, io),
    onCacheFailed: () => {},
  })
  const session = createBrokerageSession({ connection, now })
  try {
    await ACTIONS[action](context, session, options)
  } finally {
    await session.close()
  }
}

type Action = (
  context: Context,
  session: BrokerageSession,
  options: SessionOptions,
) => Promise<void>

const ACTIONS: Readonly<Record<SessionAction, Action>> = {
  open: openSession,
  watch: watchSession,
  status: showStatus,
  close: endSession,
}

async function openSession(
  context: Context,
  session: BrokerageSession,
  { compete = false }: SessionOptions,
): Promise<void> {
  const { io, isJson } = context
  const health = await session.open({ compete, signal: io.signal })
  if (isJson) {
    writeJson(context, health)
    return
  }
  io.stdout.write('The brokerage session is open.\n')
  io.stderr.write(
    'Unless a program keeps it, it ends in some five minutes: isoauth session watch.\n',
  )
}

async function showStatus(context: Context, session: BrokerageSession): Promise<void> {
  const status = await session.status({ signal: context.io.signal })
  if (!status.isReady) context.status = FAILED
  if (context.isJson) writeJson(context, status)
  else context.io.stdout.write(describeStatus(status, context.colors))
}

async function endSession(context: Context, session: BrokerageSession): Promise<void> {
  await session.close({ logout: true, signal: context.io.signal })
  if (context.isJson) writeJson(context, session.health())
  else context.io.stdout.write('The sign-in was ended, for every program of this user name.\n')
}

function openAloneError(): Error {
  const message =
    'Over ibkr-sso a brokerage session belongs to the sign-in that opened it, and that of this command ends with it: use isoauth session watch, which keeps both.'
  return argumentsInvalid(message, 'service')
}

/** The service that a configuration signs in to the trading API with. */
function serviceOf({ sections }: LoadedConfig): 'ibkr-oauth1' | 'ibkr-sso' {
  if (sections['ibkr.oauth1'] !== undefined) return 'ibkr-oauth1'
  if (sections['ibkr.oauth2'] !== undefined) return 'ibkr-sso'
  throw configInvalid('The configuration has neither ibkr.oauth1 nor ibkr.oauth2.')
}
