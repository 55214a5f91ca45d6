/** One brokerage session of the command: signed in, made, and handed to what was asked. */
import type { BrokerageSession } from '@isoauth/ibkr-session'
import type { SessionAction, SessionOptions } from '../commands/session-options.ts'
import { type Context, writeJson } from '../context.ts'
import { argumentsInvalid } from '../errors.ts'
import { FAILED } from '../exit-status.ts'
import { paragraph } from '../text.ts'
import { makeSession, signInFor } from './make-session.ts'
import { watchSession } from './watch-session.ts'
import { describeStatus } from './words.ts'

/** Does what was asked; sets the exit status by it. */
export async function runSession(
  context: Context,
  action: SessionAction,
  options: SessionOptions,
): Promise<void> {
  context.isJson = options.json === true
  context.isLines = action === 'watch'
  const signIn = await signInFor(context, options)
  if (signIn.service === 'ibkr-sso' && action === 'open') throw openAloneError(context)
  const session = await makeSession(context, signIn, options)
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
    paragraph(
      `Unless a program keeps it, it ends in some five minutes. To keep it: isoauth session watch${context.configFlags}`,
    ),
  )
}

async function showStatus(context: Context, session: BrokerageSession): Promise<void> {
  const status = await session.status({ signal: context.io.signal })
  if (!status.isReady) context.status = FAILED
  if (context.isJson) {
    writeJson(context, status)
    return
  }
  context.io.stdout.write(describeStatus(status, context.colors))
  if (!status.isReady) {
    const { configFlags } = context
    context.io.stderr.write(
      paragraph(
        `"isoauth session open${configFlags}" opens it; "isoauth session watch${configFlags}" keeps it too.`,
      ),
    )
  }
}

async function endSession(context: Context, session: BrokerageSession): Promise<void> {
  await session.close({ logout: true, signal: context.io.signal })
  if (context.isJson) writeJson(context, session.health())
  else context.io.stdout.write('The sign-in was ended, for every program of this user name.\n')
}

function openAloneError({ configFlags }: Context): Error {
  const message = `Over ibkr-sso a brokerage session belongs to the sign-in that opened it, and that of this command ends with it: use "isoauth session watch${configFlags}", which keeps both.`
  return argumentsInvalid(message, 'service')
}
