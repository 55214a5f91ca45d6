/** Answers that break off on real sockets, in every call of the broker's clients. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { failure } from '../support/index.ts'
import { CLIENT_CALLS, PREPARED_CALLS, type SignInCall, TOKEN_ANSWER } from './every-call.ts'

/** Calls once Node's `fetch` has read the head of an answer. */
function headRead(call: () => void): void {
  const channel = 'undici:request:headers'
  const once = () => {
    unsubscribe(channel, once)
    call()
  }
  subscribe(channel, once)
}

const JSON_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
/** How an answer of 200 breaks. */
const BREAKS: Readonly<Record<string, (socket: Socket) => void>> = {
  'a reset in the midst of the body': (socket) => {
    socket.write(`${JSON_HEAD}content-length: 500\r\n\r\n{"a":`)
    headRead(() => socket.resetAndDestroy())
  },
  'a Content-Length that is too long': (socket) => {
    socket.end(`${JSON_HEAD}content-length: 500\r\n\r\n{"a":1}`)
  },
  'gzip that is none': (socket) => {
    socket.end(`${JSON_HEAD}content-encoding: gzip\r\ncontent-length: 7\r\n\r\n{"a":1}`)
  },
}

const open: { readonly server: Server; readonly sockets: Set<Socket> }[] = []

afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** Starts a server of which each answer but those of `isWell` breaks. */
async function serve(
  breakOff: (socket: Socket) => void,
  isWell: (head: string) => boolean,
): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', (head) => {
      if (!isWell(head.toString('latin1'))) return breakOff(socket)
      const length = `connection: close\r\ncontent-length: ${TOKEN_ANSWER.length}`
      socket.end(`${JSON_HEAD}${length}\r\n\r\n${TOKEN_ANSWER}`)
    })
  })
  open.push({ server, sockets })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { readonly port: number }
  return `http://127.0.0.1:${port}`
}

async function errorOf(name: string, call: SignInCall, breakOff: (socket: Socket) => void) {
  // An echo has its token first.
  const isEcho = name.startsWith('echo')
  const origin = await serve(breakOff, (head) => isEcho && head.includes('/oauth2/'))
  return await failure(() => call.make({ origin }))
}

const ALL = [
  ...Object.entries(CLIENT_CALLS),
  ...Object.entries(PREPARED_CALLS).map(([name, call]) => [`${name}, prepared`, call] as const),
]

describe.each(Object.entries(BREAKS))('%s', (_, breakOff) => {
  it.each(ALL)('is a failure of the network: %s', async (name, call) => {
    const error = await errorOf(name, call, breakOff)
    expect(error).toMatchObject({ code: `${call.prefix}_NETWORK` })
    expect((error['cause'] as Error).message).not.toContain('terminated')
  })
})

describe('a refusal of which all is not read', () => {
  const date = new Date(Date.now() + 3_600_000).toUTCString()
  const KINDS = [
    [401, /_(CLOCK_OFF|UNAUTHORIZED|ASSERTION_REFUSED)$/],
    [403, /_(FORBIDDEN|REFUSED)$/],
    [429, /_RATE_LIMITED$/],
    [503, /_UNAVAILABLE$/],
  ] as const

  it.each(
    KINDS.flatMap(([status, code]) =>
      Object.entries(CLIENT_CALLS).map(([name, call]) => ({ status, code, name, call })),
    ),
  )('of $status keeps its meaning: $name', async ({ status, code, name, call }) => {
    const error = await errorOf(name, call, (socket) => {
      const head = `HTTP/1.1 ${status} No\r\ncontent-type: application/json\r\ndate: ${date}\r\nretry-after: 60`
      socket.end(`${head}\r\ncontent-length: 200000\r\n\r\n{"error":"${'x '.repeat(50_000)}`)
    })
    expect(error).toMatchObject({ status })
    expect(error['code']).toMatch(code)
  })

  it.each(['handshake', 'OAuth 2.0 token'])('of 401 tells the clock: %s', async (name) => {
    const call = PREPARED_CALLS[name] as SignInCall
    const error = await errorOf(name, call, (socket) => {
      const head = `HTTP/1.1 401 No\r\ncontent-type: application/json\r\ndate: ${date}`
      socket.end(`${head}\r\ncontent-length: 200000\r\n\r\n{"error":"${'x '.repeat(50_000)}`)
    })
    expect(error).toMatchObject({ code: `${call.prefix}_CLOCK_OFF`, status: 401 })
  })
})
