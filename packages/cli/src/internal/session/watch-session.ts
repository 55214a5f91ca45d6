/** Keeps a session until the person interrupts: changes as lines, and on a terminal how it is, always in the last line. */
import type { BrokerageSession, BrokerageSessionEvent } from '@isoauth/ibkr-session'
import type { SessionOptions } from '../commands/session-options.ts'
import type { Context } from '../context.ts'
import { inOneLine } from '../text.ts'
import { followSession } from './make-session.ts'
import { describeEvent, describeHealth } from './words.ts'

/** Takes the cursor to the beginning of its line, and empties the line. */
const CLEAR_LINE = '\r\u001B[2K'

/** Opens and keeps a session; returns when the person interrupts, or when nothing more is tried. */
export async function watchSession(
  context: Context,
  session: BrokerageSession,
  { compete = false, interval = 60 }: SessionOptions,
): Promise<void> {
  const { io } = context
  const view = createView(context, session)
  const gone = followSession(context, session, view.tell)
  let showing: NodeJS.Timeout | undefined
  try {
    await session.open({ compete, signal: io.signal })
    session.keepAlive({ intervalMs: interval * 1000 })
    showing = setInterval(view.show, io.stdout.isTerminal ? 1000 : interval * 1000)
    view.show()
    await aborted(AbortSignal.any([io.signal, gone]))
  } finally {
    clearInterval(showing)
    view.end()
  }
}

interface View {
  readonly tell: (event: BrokerageSessionEvent) => void
  /** How the session is now. */
  readonly show: () => void
  end(): void
}

function createView({ io, colors, isJson }: Context, session: BrokerageSession): View {
  const { stdout, now } = io
  const isLive = stdout.isTerminal && !isJson
  let isShown = false
  const time = () => new Date(now()).toISOString().slice(0, 19).replace('T', ' ')
  const healthLine = () => describeHealth(session.health(), now())
  const json = (kind: string, value: object) =>
    stdout.write(`${JSON.stringify({ at: new Date(now()).toISOString(), [kind]: value })}\n`)
  const show = () => {
    isShown = true
    if (isJson) json('health', session.health())
    else if (isLive) stdout.write(CLEAR_LINE + colors.dim(inOneLine(healthLine(), stdout)))
    else stdout.write(`${time()}  ${healthLine()}\n`)
  }
  return {
    show,
    tell(event) {
      if (isJson) {
        json('event', event)
        return
      }
      const text = describeEvent(event, now())
      if (text === undefined) return
      stdout.write(`${isLive ? CLEAR_LINE : ''}${time()}  ${text}\n`)
      if (isLive) show()
    },
    end() {
      if (isLive && isShown) stdout.write('\n')
    },
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
