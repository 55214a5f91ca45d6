import { expect, it } from 'vitest'
import { readJsonBytes } from '../src/request-body.ts'

const post = (body: BodyInit) =>
  new Request('http://edge.example/', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
    duplex: 'half',
  } as RequestInit)

it.each([
  ['nothing', '', 400],
  ['no JSON', 'a=1', 400],
  ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400],
  ['more than 64 KiB', `"${'x'.repeat(65_536)}"`, 413],
])('refuses %s', async (_title, body, status) => {
  const error = { code: 'EDGE_BODY_REFUSED', status }
  await expect(readJsonBytes(post(body))).rejects.toMatchObject(error)
})

it('does not wait for a body that does not come, and lets go of it', async () => {
  let isCancelled = false
  const slow = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{')),
    cancel: () => {
      isCancelled = true
    },
  })
  const error = { code: 'EDGE_BODY_REFUSED', status: 408 }
  await expect(readJsonBytes(post(slow), 50)).rejects.toMatchObject(error)
  expect(isCancelled).toBe(true)
})

it('gives the very bytes of what is JSON', async () => {
  expect(new TextDecoder().decode(await readJsonBytes(post('{ "a":1}')))).toBe('{ "a":1}')
})
