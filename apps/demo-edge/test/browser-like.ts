/** Requests over sockets as the page's browser sends them, to whichever port serves the page. */
import { Agent, type IncomingMessage, request } from 'node:http'

export interface Sent {
  readonly port: number
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Resets the connection, as a browser does; workerd takes a mere FIN for one that still reads. */
  readonly signal?: AbortSignal
}

export interface BrowserLike {
  /** Resolves with the headers; the body is read by `text`. */
  send(path: string, sent: Sent): Promise<IncomingMessage>
  /** Signs in at a port and gives the `Cookie` header. */
  signIn(port: number, code: string): Promise<string>
  close(): void
}

/** @param origin of the page; every request says that it comes from there */
export function browserLike(origin: string): BrowserLike {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const send: BrowserLike['send'] = (path, { port, method = 'GET', headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const own = { host: new URL(origin).host, origin, 'sec-fetch-site': 'same-origin' }
      const options = { agent, method, headers: { ...own, ...headers } }
      const sent = request(`http://127.0.0.1:${port}${path}`, options, resolve)
      sent.on('error', reject)
      signal?.addEventListener('abort', () => sent.socket?.resetAndDestroy())
      sent.end(body)
    })
  return {
    send,
    async signIn(port, code) {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ code })
      const answer = await send('/session', { port, method: 'POST', headers, body })
      await text(answer)
      return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    },
    close: () => agent.destroy(),
  }
}

export async function text(answer: IncomingMessage): Promise<string> {
  let whole = ''
  for await (const piece of answer.setEncoding('utf8')) whole += piece
  return whole
}
