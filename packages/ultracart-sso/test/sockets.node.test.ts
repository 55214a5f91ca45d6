/** Real sockets: token requests counted at the server, and a second origin that must see nothing. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { afterEach, describe, expect, it } from 'vitest'
import { deferred, settle } from '../../../tests/support/index.ts'
import { pastDeadline } from '../../../tests/support/quick-time.ts'
import { rejection } from './support.ts'

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** Starts a server; `early` sees the request before its body was read. */
async function serve(handler: Handler, early?: (request: IncomingMessage) => boolean) {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if (early?.(request)) return
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => handler(request, response, body))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    requests,
    tokens: () => requests.filter((line) => line.endsWith('/token')).length,
  }
}

const answer = (response: ServerResponse, value: object) => {
  response.setHeader('content-type', 'application/json; charset=UTF-8')
  response.end(JSON.stringify(value))
}

/** The service up to the token call; the state that it was sent comes with the callback. */
async function service(token: Handler, early?: (request: IncomingMessage) => boolean) {
  let state = ''
  const arrived = deferred()
  const server = await serve((request, response, body) => {
    if (!request.url?.endsWith('/authorize')) {
      arrived.resolve()
      return token(request, response, body)
    }
    state = JSON.parse(body).state
    answer(response, { login_url: `${server.origin}/login` })
  }, early)
  const redirectUri = 'http://127.0.0.1/cb'
  const sso = createUltraCartSso({
    simpleKey: 'app-key',
    redirectUri,
    baseUrl: server.origin,
  })
  const exchange = async () => {
    const { transaction } = await sso.authorize()
    const url = `${redirectUri}?code=c-1&state=${state}`
    return await sso.exchangeCode(await sso.validateCallback(url, { transaction }))
  }
  return { ...server, exchange, arrived: arrived.promise }
}

describe('token requests under sockets that break', () => {
  const isToken = (request: IncomingMessage) => request.url?.endsWith('/token') === true
  const drop = (request: IncomingMessage) => {
    if (isToken(request)) request.socket.destroy()
    return isToken(request)
  }
  const reset = (request: IncomingMessage) => {
    if (isToken(request)) request.socket.resetAndDestroy()
    return isToken(request)
  }
  const after: Handler = (request) => request.socket.destroy()
  const inHead: Handler = (request) => {
    request.socket.write('HTTP/1.1 200 OK\r\ncontent-le')
    request.socket.destroy()
  }
  const inBody: Handler = (request, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('{"simple_key":"us', () => request.socket.destroy())
  }
  const never: Handler = () => {}
  const slowBody: Handler = (_, response) => {
    response.writeHead(200)
    response.write('{')
  }

  it.each<[string, Handler, ((request: IncomingMessage) => boolean) | undefined, string]>([
    ['before the request was read', after, drop, 'NETWORK'],
    ['before the request was read, by a reset', after, reset, 'NETWORK'],
    ['after the request was read', after, undefined, 'NETWORK'],
    ['in the head of the answer', inHead, undefined, 'NETWORK'],
    ['in the body of the answer', inBody, undefined, 'NETWORK'],
    ['never: no answer', never, undefined, 'TIMEOUT'],
    ['never: half an answer', slowBody, undefined, 'TIMEOUT'],
  ])('%s: one', async (_, token, early, ending) => {
    const { exchange, tokens, arrived } = await service(token, early)
    const call = () => rejection(exchange())
    const isLate = ending === 'TIMEOUT'
    const error = await (isLate ? pastDeadline({ call, arrived, timeoutMs: 20_000 }) : call())
    expect(error).toMatchObject({
      code: `ULTRACART_SSO_${ending}`,
      operation: 'token',
    })
    await settle()
    expect(tokens()).toBe(1)
  })

  it('where nobody listens: none, and the code of the failure', async () => {
    const { origin } = await serve(() => {})
    const [server] = servers.splice(0)
    await new Promise((resolve) => server?.close(resolve))
    const redirectUri = 'http://127.0.0.1/cb'
    const sso = createUltraCartSso({ simpleKey: 'k', redirectUri, baseUrl: origin })
    const error = await rejection(sso.authorize())
    expect(error).toMatchObject({ code: 'ULTRACART_SSO_NETWORK' })
    expect(error['cause']).toMatchObject({ name: 'TypeError', code: 'ECONNREFUSED' })
  })
})

describe('a redirect to another origin', () => {
  it.each([301, 302, 303, 307, 308])('%d: that origin sees no request', async (status) => {
    const evil = await serve((_, response) => answer(response, { simple_key: 'x', user_id: 1 }))
    const away: Handler = (request, response) => {
      response.writeHead(status, { location: `${evil.origin}${request.url}` })
      response.end()
    }
    const { exchange, origin } = await service(away)
    const sso = createUltraCartSso({
      simpleKey: 'app-key',
      redirectUri: 'http://127.0.0.1/cb',
      baseUrl: origin,
    })
    const session = { simpleKey: 'user-key' }
    for (const call of [exchange, () => sso.user(session), () => sso.revoke(session)]) {
      const error = await rejection(call())
      expect(error).toMatchObject({ code: 'ULTRACART_SSO_REDIRECT_REFUSED', status })
    }
    const lost = await serve(away)
    const other = createUltraCartSso({
      simpleKey: 'app-key',
      redirectUri: 'http://127.0.0.1/cb',
      baseUrl: lost.origin,
    })
    expect(await rejection(other.authorize())).toMatchObject({
      code: 'ULTRACART_SSO_REDIRECT_REFUSED',
    })
    expect(evil.requests).toEqual([])
  })
})
