/** Many isolates, none of which has a token yet, and many requests of the page at once. */
import { expect } from 'vitest'
import { text } from './browser-like.ts'
import type { Running } from './running-workerd.ts'
import type { Upstream } from './upstream.ts'

/** Sends requests to eight isolates in turn: one handshake serves all, and nothing secret is printed. */
export async function checkIsolates(
  { sandbox: { counts } }: Upstream,
  { ports, browser, code, variables, said }: Running,
  requests: number,
): Promise<void> {
  expect(new Set(ports).size).toBe(8)
  // The session that one isolate gave is good at all.
  const cookie = await browser.signIn(ports[0] as number, code)
  const before = { ...counts }
  const began = performance.now()
  const statuses = await Promise.all(
    Array.from({ length: requests }, async (_, i) => {
      const port = ports[i % ports.length] as number
      const answer = await browser.send('/api/portfolio/accounts', { port, headers: { cookie } })
      await text(answer)
      return answer.statusCode
    }),
  )
  const tookMs = performance.now() - began
  const handshakes = counts.handshakeAttempts - before.handshakeAttempts
  console.log(
    `${requests} requests through ${ports.length} isolates: handshakes: ${handshakes}, ${tookMs.toFixed(0)} ms in all`,
  )
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(handshakes).toBe(1)
  expect(counts.authorized - before.authorized).toBe(requests)
  const printed = said.join('\n')
  for (const [name, value] of Object.entries(variables)) {
    if (/(KEY|TOKEN|SECRET|CODE|PARAMETERS)$/.test(name)) expect(printed).not.toContain(value)
  }
}
