/** What must hold of the edge in whatever runtime serves it. */
import { once } from 'node:events'
import { expect } from 'vitest'
import { type BrowserLike, text } from './browser-like.ts'
import { STREAM_PATH, type Upstream, WAITING_PATH } from './upstream.ts'

export interface Served {
  readonly upstream: Upstream
  readonly browser: BrowserLike
  readonly port: number
  readonly code: string
}

/** Signs in, calls, is refused, streams, leaves in the middle of a stream and before an answer. */
export async function checkServed({ upstream, browser, port, code }: Served): Promise<void> {
  const get = (path: string, headers: Record<string, string> = {}) =>
    browser.send(path, { port, headers })
  const statusOf = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await get(path, headers)
    await text(answer)
    return answer.statusCode
  }
  const cookie = await browser.signIn(port, code)
  expect(cookie).toMatch(/^__Host-isoauth-edge=/)

  const page = await get('/')
  expect(await text(page)).toContain('<title>isoauth at the edge</title>')
  expect(page.headers['content-security-policy']).toContain("script-src 'self'")

  const accounts = await get('/api/portfolio/accounts', { cookie })
  expect(JSON.parse(await text(accounts))).toMatchObject([{ accountTitle: 'SANDBOX Account' }])
  expect(accounts.headers['set-cookie']).toBeUndefined()

  expect(await statusOf('/api/portfolio/accounts')).toBe(401)
  expect(await statusOf('/api/portfolio/accounts', { cookie: `${cookie}A` })).toBe(401)
  expect(await statusOf('/api/logout', { cookie })).toBe(403)
  expect(await statusOf('/api/portfolio/accounts', { cookie, origin: 'https://a.example' })).toBe(
    403,
  )
  expect(await statusOf('/', { host: 'a.example' })).toBe(421)

  const streamed = await get(STREAM_PATH, { cookie })
  const [first] = (await once(streamed.setEncoding('utf8'), 'data')) as [string]
  expect(first).toBe('first')
  upstream.push('last')
  upstream.push('')
  expect(await text(streamed)).toBe('last')

  const left = await get(STREAM_PATH, { cookie })
  await once(left, 'data')
  const { readers, waiting } = upstream.left()
  left.socket.resetAndDestroy()
  await expect.poll(() => upstream.left().readers).toBe(readers + 1)

  const leaving = new AbortController()
  const { signal } = leaving
  const cameBefore = upstream.waited()
  const never = browser.send(WAITING_PATH, { port, headers: { cookie }, signal }).catch((e) => e)
  await expect.poll(upstream.waited).toBe(cameBefore + 1)
  leaving.abort()
  expect(await never).toMatchObject({ code: 'ECONNRESET' })
  await expect.poll(() => upstream.left().waiting).toBe(waiting + 1)
}
